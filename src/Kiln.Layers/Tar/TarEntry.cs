// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Tar;

/// <summary>An entry as it came from an archive: the metadata, and the name as it was written, before it was cleaned.</summary>
public sealed record TarEntry(LayerEntry Metadata, byte[] RawName)
{
    public UnixPath Path => Metadata.Path;

    /// <summary>Whether the name, taken literally, would lead out of the place where it is unpacked.</summary>
    public bool ClimbsOut
    {
        get
        {
            int depth = 0;
            foreach (Range range in RawName.AsSpan().Split((byte)'/'))
            {
                ReadOnlySpan<byte> part = RawName.AsSpan(range);
                if (part.IsEmpty || part is [(byte)'.'])
                    continue;
                depth += part is [(byte)'.', (byte)'.'] ? -1 : 1;
                if (depth < 0)
                    return true;
            }
            return false;
        }
    }
}
