// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;

namespace Kiln.Layers.Indexes;

/// <summary>The names that mean something else than a file in a layer's archive (image-spec, layer.md, "Whiteouts").</summary>
public static class LayerPath
{
    private static ReadOnlySpan<byte> WhiteoutPrefix => ".wh."u8;

    private static ReadOnlySpan<byte> OpaqueName => ".wh..wh..opq"u8;

    /// <summary>With a slash before it: aufs's own files (`.wh..wh.plnk` and such), which every reader passes over with all below them.</summary>
    private static ReadOnlySpan<byte> ReservedPrefix => "/.wh..wh."u8;

    /// <summary>What a path in a layer's archive means, and which path it means.</summary>
    public static LayerPathKind Classify(UnixPath path, out UnixPath subject)
    {
        ReadOnlySpan<byte> name = path.Name;
        subject = path;
        if (name.SequenceEqual(OpaqueName))
        {
            subject = path.Parent;
            return LayerPathKind.Opaque;
        }
        if (path.Bytes.StartsWith(ReservedPrefix[1..]) || path.Bytes.IndexOf(ReservedPrefix) >= 0)
            return LayerPathKind.Ignored;
        if (!name.StartsWith(WhiteoutPrefix))
            return LayerPathKind.Entry;
        ReadOnlySpan<byte> gone = name[WhiteoutPrefix.Length..];
        if (gone.IsEmpty || gone is [(byte)'.'] or [(byte)'.', (byte)'.'])
            return LayerPathKind.Ignored;
        subject = path.Parent.Append(gone);
        return LayerPathKind.Whiteout;
    }

    /// <summary>Throws where an archive would say something else by this path than that there is such a file.</summary>
    public static void CheckWritable(UnixPath path)
    {
        if (Classify(path, out _) != LayerPathKind.Entry)
            throw DiagnosticRules.NameReserved.Error($"`/{path}` cannot be in a layer: its name means there that something is taken away");
    }

    /// <summary>The name under which an archive takes a path away.</summary>
    public static UnixPath WhiteoutOf(UnixPath path) => path.Parent.Append([.. WhiteoutPrefix, .. path.Name]);
}
