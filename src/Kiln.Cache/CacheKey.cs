// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>
/// What a step's result is looked up by: the hash of an injective encoding of all that can change the result. Stores know nothing of what is in it; two of
/// different inputs are never equal.
/// </summary>
public readonly record struct CacheKey(Digest Value)
{
    /// <summary>The key of these parts, in this order.</summary>
    public static CacheKey Of(IReadOnlyCollection<KeyPart> parts)
    {
        using var writer = new KeyWriter("kiln cache key");
        writer.Write(parts.Count);
        foreach (KeyPart part in parts)
        {
            writer.Write(part.Name);
            writer.Write(part.Value);
        }
        return new CacheKey(writer.Complete());
    }

    /// <summary>64 lower-case hexadecimal digits: a tag, a file's name, the last part of an object's.</summary>
    public override string ToString() => Value.Hex;
}
