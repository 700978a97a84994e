// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Contexts.Archives;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Blobs;
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
        try
        {
            PutAll(ArchiveFile.Unpack(file, spool, cancellationToken), SizeOf(file), cancellationToken);
        }
        catch (ArchiveLimitException e)
        {
            throw DiagnosticRules.ArchiveTooLarge.Error($"the archive is too large: {e.Message}", options.Span, inner: e);
        }
        catch (Exception e) when (e is TarException or InvalidDataException or EndOfStreamException)
        {
            throw DiagnosticRules.ArchiveBroken.Error($"the archive cannot be unpacked: {e.Message}", options.Span, inner: e);
        }
        return true;
    }

    private void PutAll(ContentSource plain, long packedSize, CancellationToken cancellationToken)
    {
        using Stream stream = plain.Open();
        var reader = new TarReader(stream);
        UnixPath root = target.Resolve(options.Destination);
        target.MakeDirectories(root);
        long offset = 0, total = 0;
        while (reader.ReadNext() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.ClimbsOut)
                throw DiagnosticRules.ArchiveEscapes.Error(
                    $"the archive's entry `{Encoding.UTF8.GetString(entry.RawName)}` leads out of the destination (breakout)");
            // A sparse file claims zeros that it does not hold, and the layer will.
            total = entry.Metadata.Size > long.MaxValue - total ? long.MaxValue : total + entry.Metadata.Size;
            ExpansionLimit.Default.Check(total, packedSize);
            Put(root, entry, new TarEntrySource(plain, offset));
            offset = reader.NextHeaderOffset;
        }
    }

    private static long SizeOf(ContentSource file)
    {
        using Stream stream = file.Open();
        return stream.Length;
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
        if (metadata.Type == EntryType.SymbolicLink && metadata.LinkText.IsEmpty)
            throw DiagnosticRules.ArchiveBroken.Error($"the archive's symbolic link `/{path}` leads nowhere");
        target.MakeDirectories(path.Parent);
        if (metadata.Type != EntryType.HardLink)
            target.Delta.Put(Own(metadata with { Path = path }), metadata.Type == EntryType.File ? content : null);
        else if (metadata.HardLinkTarget.IsRoot || !target.Delta.TryPutHardLink(path, Place(root, metadata.HardLinkTarget)))
            throw DiagnosticRules.ArchiveBroken.Error($"the archive links `/{path}` to its `/{metadata.HardLinkTarget}`, which is no file that it holds");
    }

    private UnixPath Place(UnixPath root, UnixPath path)
    {
        UnixPath place = target.Resolve(root.Append(path.Parent)).Append(path.Name);
        return place.CanExist ? place
            : throw DiagnosticRules.ArchiveBroken.Error($"the archive holds a path of more than {UnixPath.LongestPath} bytes in the image, or a name of more than {UnixPath.LongestName}");
    }

    private LayerEntry Own(LayerEntry entry) => !options.ArchivesKeepOwners && options.Owner is (var uid, var gid) ? entry with { Uid = uid, Gid = gid } : entry;
}
