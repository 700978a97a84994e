// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;
using Kiln.Sandbox.Mounts;

namespace Kiln.Sandbox.Stage;

/// <summary>Carries out the mounts that a step asks for.</summary>
internal sealed class RequestedMounts(RootTree tree, Workshop workshop, string? scratch)
{
    private int _scratchDirectories;

    public void Attach(RunMount mount)
    {
        switch (mount)
        {
            case BindMount bind:
                AttachBind(bind);
                break;
            case TemporaryMount temporary:
                AttachTemporary(temporary);
                break;
            case FileMount file:
                AttachFile(file);
                break;
        }
    }

    private void AttachBind(BindMount bind)
    {
        FileType type = Directory.Exists(bind.Source) ? FileType.Directory : FileType.File;
        using DetachedMount mount = bind.Access switch
        {
            BindAccess.Discard when type == FileType.Directory => CreateDiscarding(bind.Source),
            BindAccess.Discard => workshop.CopyFile(bind.Source),
            BindAccess.ReadOnly or BindAccess.ReadWrite => DetachedMount.Clone(bind.Source),
        };
        if (bind.Access == BindAccess.ReadOnly)
            mount.Restrict(MountAttributes.ReadOnly);
        tree.Attach(mount, bind.Target, type);
    }

    private DetachedMount CreateDiscarding(string source)
    {
        string upper, work;
        if (scratch is null)
            (upper, work) = (workshop.MakeDirectory(), workshop.MakeDirectory());
        else
            (upper, work) = (MakeScratchDirectory(), MakeScratchDirectory());
        return RootAssembly.CreateOverlay([source], upper, work, workshop.MakeDirectory());
    }

    private string MakeScratchDirectory() => Directory.CreateDirectory($"{scratch}/{_scratchDirectories++}").FullName;

    private void AttachTemporary(TemporaryMount temporary)
    {
        const MountAttributes attributes = MountAttributes.NoSetId | MountAttributes.NoDevices;
        using DetachedMount mount = temporary.Size is { } size
            ? DetachedMount.Create("tmpfs", attributes, ("size", $"{size}"))
            : DetachedMount.Create("tmpfs", attributes);
        tree.Attach(mount, temporary.Target, FileType.Directory);
    }

    private void AttachFile(FileMount file)
    {
        using DetachedMount mount = workshop.MakeFile(file.Content.Span, file.Mode, file.Uid, file.Gid);
        if (!file.Writable)
            mount.Restrict(MountAttributes.ReadOnly);
        tree.Attach(mount, file.Target, FileType.File);
    }
}
