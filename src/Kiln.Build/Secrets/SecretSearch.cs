// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Build.Secrets;

/// <summary>Looks for patterns in bytes that come piece by piece. It keeps as many bytes as a pattern may begin with in one piece and end with in the next.</summary>
internal sealed class SecretSearch(ImmutableArray<SecretPattern> patterns)
{
    private readonly int _kept = patterns.Max(pattern => pattern.Bytes.Length) - 1;
    private byte[] _seam = [];

    /// <summary>The id of a secret that ends in this piece; null where none does.</summary>
    internal string? Look(ReadOnlySpan<byte> piece)
    {
        byte[] seam = [.. _seam, .. piece[..Math.Min(piece.Length, _kept)]];
        string? found = Find(seam) ?? Find(piece);
        _seam = piece.Length >= _kept ? piece[^_kept..].ToArray() : seam.Length > _kept ? seam[^_kept..] : seam;
        return found;
    }

    /// <summary>The id of a secret that is whole in these bytes.</summary>
    internal string? Find(ReadOnlySpan<byte> bytes)
    {
        foreach (SecretPattern pattern in patterns)
            if (bytes.IndexOf(pattern.Bytes.Span) >= 0)
                return pattern.Id;
        return null;
    }
}
