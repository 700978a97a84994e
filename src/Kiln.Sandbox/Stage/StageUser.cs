// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Accounts;
using Kiln.Linux.Credentials;
using Kiln.Linux.Files;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Stage;

/// <summary>Whom the program runs as.</summary>
internal sealed record StageUser(ResolvedUser Ids, string Home)
{
    private const int LargestAccountFile = 16 << 20;

    /// <summary>Docker's default capabilities: what root in a container needs to install software, and nothing that reaches the machine.</summary>
    public static IReadOnlyList<Capability> Kept { get; } =
    [
        Capability.ChangeOwner, Capability.OverrideFileAccess, Capability.KeepSetIdBits, Capability.FileOwner, Capability.MakeNodes, Capability.RawSockets,
        Capability.SetGid, Capability.SetUid, Capability.SetFileCapabilities, Capability.SetCapabilities, Capability.BindLowPorts, Capability.ChangeRoot,
        Capability.Kill, Capability.WriteAudit,
    ];

    /// <summary>
    /// The same without those that would lead out of a changed root or into the builder's processes and network, for where no namespace stands in between.
    /// </summary>
    public static IReadOnlyList<Capability> KeptInChroot { get; } = [.. Kept.Except([Capability.ChangeRoot, Capability.MakeNodes, Capability.RawSockets])];

    /// <param name="text">As `USER` has it.</param>
    /// <param name="tree">Whose accounts count.</param>
    /// <param name="maps">The ids there are; null where any will do, as they are recorded alone.</param>
    public static StageUser Find(string text, RootTree tree, IdMaps? maps)
    {
        var accounts = AccountFiles.Parse(Read(tree, "etc/passwd"), Read(tree, "etc/group"));
        if (!UserSpec.Parse(text).TryResolve(accounts, out ResolvedUser ids, out string error))
            throw new StageException(new StageFailure(FailureKind.UnknownUser, error));
        var user = new StageUser(ids, ids.HomeIn(accounts));
        if (maps is not null)
            user.CheckIsIn(maps, text);
        return user;
    }

    /// <summary>A user whom the kernel cannot know is an error.</summary>
    public void CheckIsIn(IdMaps maps, string text)
    {
        if (!maps.Users.Contains(Ids.Uid) || !maps.Groups.Contains(Ids.Gid))
            throw new StageException(new StageFailure(FailureKind.UserNotMapped,
                $"`USER {text}` is {Ids.Uid}:{Ids.Gid}, but the builder may give `RUN` only the ids {Describe(maps.Users)} and groups {Describe(maps.Groups)}"));
    }

    /// <summary>Makes the output pipes the user's: a program may open them anew, as `/dev/stdout`.</summary>
    public void OwnOutput()
    {
        Descriptor.SetOwner(1, Ids.Uid, Ids.Gid);
        Descriptor.SetOwner(2, Ids.Uid, Ids.Gid);
    }

    /// <summary>Becomes the user: nothing in the builder's groups or capabilities is left. Set-uid programs still work, within the capabilities that are kept.</summary>
    /// <param name="groupsMayBeSet">Whether setgroups(2) is there.</param>
    /// <param name="isRecorded">Whether the supervisor answers the change of ids: to the kernel the program is root still.</param>
    /// <param name="kept">The capabilities that root has, and set-uid programs may get.</param>
    public void Become(bool groupsMayBeSet, bool isRecorded, IReadOnlyList<Capability> kept)
    {
        Credential.LimitCapabilities(kept);
        // Where one uid alone is mapped setgroups(2) is gone: there are no groups that could be taken away or given.
        if (groupsMayBeSet || isRecorded)
            Credential.SetSupplementaryGroups(Ids.SupplementaryGroups.AsSpan());
        Credential.Become(Ids.Uid, Ids.Gid);
        if (Ids.Uid == 0 || isRecorded)
            Credential.SetCapabilities([.. kept.Intersect(Credential.PermittedCapabilities())]);
    }

    private static byte[] Read(RootTree tree, string path)
    {
        UnixPath place = tree.Resolve(UnixPath.Clean(path));
        if (tree.Root.FindStatus(place) is not { Type: FileType.File, Size: <= LargestAccountFile } status)
            return [];
        using SafeFileHandle file = tree.Root.OpenFile(place);
        byte[] content = new byte[status.Size];
        return content[..RandomAccess.Read(file, content, 0)];
    }

    private static string Describe(IdMap map) =>
        string.Join(", ", map.Ranges.Select(range => range.Count == 1 ? $"{range.Inside}" : $"{range.Inside}-{range.Inside + (range.Count - 1)}"));
}
