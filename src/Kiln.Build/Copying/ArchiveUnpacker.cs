// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Contexts.Archives;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Linux;

namespace Kiln.Build.Copying;

/// <summary>
/// `ADD` of an archive. Entries keep the owners, modes and times of their headers; paths are resolved in the
/// stage, and what would lead out of the destination stops the build.
/// </summary>
internal sealed class ArchiveUnpacker(CopyTarget target, CopySettings options, ArchiveSpool spool)
{
    /// <summary>Unpacks a file if it is an archive; false, and nothing done, if it is not.</summary>
    internal bool TryUnpack(ContentSource file, CancellationToken cancellationToken)
    {
        if (!ArchiveFile.IsArchive(file))
            return false;
        ContentSource plain = ArchiveFile.Unpack(file, spool, cancellationToken);
        using Stream stream = plain.Open();
        var reader = new TarReader(stream);
        UnixPath root = target.Resolve(options.Destination);
        target.MakeDirectories(root);
        long offset = 0;
        while (reader.ReadNext() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.ClimbsOut)
                throw DiagnosticRules.ArchiveEscapes.Error(
                    $"the archive's entry `{Encoding.UTF8.GetString(entry.RawName)}` leads out of the destination (breakout)");
            Put(root, entry, new TarEntrySource(plain, offset));
            offset = reader.NextHeaderOffset;
        }
        return true;
    }

    private void Put(UnixPath root, TarEntry entry, ContentSource content)
    {
        LayerEntry metadata = entry.Metadata;
        if (metadata.Path.IsRoot)
        {
            if (metadata.IsDirectory && !root.IsRoot)
                target.PutDirectory(Own(metadata with { Path = root }));
            return;
        }
        UnixPath path = Place(root, metadata.Path);
        target.MakeDirectories(path.Parent);
        if (metadata.Type != EntryType.HardLink)
            target.Delta.Put(Own(metadata with { Path = path }), metadata.Type == EntryType.File ? content : null);
        else if (Place(root, metadata.HardLinkTarget) is var existing && !target.Delta.TryPutHardLink(path, existing))
            throw DiagnosticRules.ArchiveBroken.Error($"the archive links `/{path}` to `/{existing}`, which it does not hold");
    }

    private UnixPath Place(UnixPath root, UnixPath path) => target.Resolve(root.Append(path.Parent)).Append(path.Name);

    private LayerEntry Own(LayerEntry entry) => options.Owner is (var uid, var gid) ? entry with { Uid = uid, Gid = gid } : entry;
}
