// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Tar;

namespace Kiln.Layers.Blobs;

/// <summary>
/// How much more an archive may come to than it takes up packed. Anything goes up to a size that costs seconds; above it the ratio counts, which gzip
/// cannot exceed even with zeros alone (1032:1, zlib.net/zlib_tech.html).
/// </summary>
/// <param name="Always">Plain bytes that are never too many.</param>
/// <param name="Ratio">Plain bytes for one packed byte.</param>
public sealed record ExpansionLimit(long Always, int Ratio)
{
    public static ExpansionLimit Default { get; } = new(16L << 30, 1100);

    /// <summary>Throws where so few packed bytes may not become so many.</summary>
    public void Check(long plain, long packed)
    {
        if (plain > Always && plain / Ratio > packed)
            throw new ArchiveLimitException($"its {packed:N0} bytes become more than {plain:N0}");
    }
}
