// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Build.Stacks;
using Kiln.Layers;
using Kiln.Layers.Blobs;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Linux;

namespace Kiln.Build.Comparing;

/// <summary>Finds where two layers of the same step part: the first path in the archives' order, and what of it. No content is told, only where it differs.</summary>
internal static class LayerComparison
{
    /// <summary>What differs, to be read behind "two builds differ in"; null where the archives say the same.</summary>
    internal static string? FindDifference(StackLayer first, StackLayer second, CancellationToken cancellationToken)
    {
        using Stream one = Decompression.Open(first.File!.Open()), two = Decompression.Open(second.File!.Open());
        TarReader ours = new(one), theirs = new(two);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TarEntry? x = ours.ReadNext(), y = theirs.ReadNext();
            if (x is null && y is null)
                return null;
            if (x is null || y is null || x.Path != y.Path)
                return FindLoneName(x, y, second.Index!);
            if (FindDifference(x.Metadata, y.Metadata, ours.Content, theirs.Content) is { } difference)
                return $"`/{x.Path}`: {difference}";
        }
    }

    private static string FindLoneName(TarEntry? first, TarEntry? second, LayerIndex index)
    {
        bool isFirst = second is null || (first is not null && index.Entries.All(e => e.Path != first.Path));
        UnixPath path = (isFirst ? first : second)!.Path;
        string done = LayerPath.Classify(path, out UnixPath subject) == LayerPathKind.Whiteout ? "removes" : "has";
        return $"`/{subject}`: only the {(isFirst ? "first" : "second")} {done} it";
    }

    private static string? FindDifference(LayerEntry x, LayerEntry y, Stream first, Stream second) =>
        Differ("type", x.Type, y.Type)
        ?? Differ("mode", Convert.ToString(x.Mode, 8), Convert.ToString(y.Mode, 8))
        ?? Differ("owner", $"{x.Uid}:{x.Gid}", $"{y.Uid}:{y.Gid}")
        ?? Differ("time", x.ModifiedTime.Seconds, y.ModifiedTime.Seconds)
        ?? Differ("device", x.Device, y.Device)
        ?? Differ("hard link", x.HardLinkTarget, y.HardLinkTarget)
        ?? (x.LinkText.AsSpan().SequenceEqual(y.LinkText.AsSpan()) ? null : "where the link leads")
        ?? (SameAttributes(x, y) ? null : "its extended attributes")
        ?? FindOffset(first, second)
        ?? Differ("size", x.Size, y.Size);

    private static string? Differ<T>(string field, T first, T second) =>
        EqualityComparer<T>.Default.Equals(first, second) ? null : string.Create(CultureInfo.InvariantCulture, $"its {field} is {first}, then {second}");

    private static bool SameAttributes(LayerEntry x, LayerEntry y) =>
        x.Xattrs.Select(a => (a.Name, Convert.ToHexString(a.Value))).SequenceEqual(y.Xattrs.Select(a => (a.Name, Convert.ToHexString(a.Value))));

    private static string? FindOffset(Stream first, Stream second)
    {
        byte[] a = new byte[64 * 1024], b = new byte[64 * 1024];
        for (long offset = 0; ; offset += a.Length)
        {
            int count = first.ReadAtLeast(a, a.Length, throwOnEndOfStream: false), other = second.ReadAtLeast(b, b.Length, throwOnEndOfStream: false);
            int same = a.AsSpan(0, count).CommonPrefixLength(b.AsSpan(0, other));
            // One that goes on where the other ends differs in its size alone.
            if (same < count && same < other)
                return $"its content, from byte {offset + same} on";
            if (count < a.Length || other < b.Length)
                return null;
        }
    }
}
