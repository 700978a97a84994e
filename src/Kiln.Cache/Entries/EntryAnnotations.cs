// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kiln.Oci;

namespace Kiln.Cache.Entries;

/// <summary>
/// An entry as annotations: all that a hit needs stands in them, of a manifest or of a descriptor of one alike. Their checksum is one of them, so that no
/// damaged entry is taken for another one.
/// </summary>
internal static class EntryAnnotations
{
    internal const string Key = Prefix + "key";

    // A heredoc can be long, and an index has room for some thousand entries.
    private const int LongestTitle = 512;
    private const string Prefix = "dev.kiln.cache.";
    private const string Parent = Prefix + "parent";
    private const string Layer = Prefix + "layer";
    private const string DiffId = Prefix + "diff-id";
    private const string Created = Prefix + "created";
    private const string Saved = Prefix + "saved";
    private const string Title = Prefix + "title";
    private const string Parts = Prefix + "parts";
    private const string Checksum = Prefix + "checksum";
    private const string None = "none";

    /// <summary>Whether somebody meant this to be an entry of ours.</summary>
    internal static bool AreOurs(IReadOnlyDictionary<string, string> annotations) => annotations.Keys.Any(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    internal static ImmutableSortedDictionary<string, string> Write(CacheEntry entry, Timestamp saved, Descriptor parts)
    {
        ImmutableSortedDictionary<string, string> fields = StringMap.Empty.AddRange(
        [
            new(Key, entry.Key.ToString()),
            new(Parent, entry.Parent?.ToString() ?? None),
            new(Layer, entry.Layer is { Descriptor: var layer } ? Describe(layer) : None),
            new(DiffId, entry.Layer?.DiffId.ToString() ?? None),
            new(Created, entry.Created.ToString()),
            new(Saved, saved.ToString()),
            new(Title, Shorten(entry.Title)),
            new(Parts, Describe(parts)),
        ]);
        return fields.Add(Checksum, Sum(fields));
    }

    /// <summary>Null where they are not an entry's, to the last byte as <see cref="Write"/> writes it.</summary>
    internal static StoredEntry? Read(ImmutableSortedDictionary<string, string> annotations)
    {
        ImmutableSortedDictionary<string, string> fields = StringMap.Empty.AddRange(annotations.Where(a => a.Key.StartsWith(Prefix, StringComparison.Ordinal)));
        if (fields.Count != 9
            || fields.GetValueOrDefault(Checksum) != Sum(fields.Remove(Checksum))
            || !Digest.TryParse("sha256:" + fields.GetValueOrDefault(Key), out Digest key)
            || !TryReadParent(fields.GetValueOrDefault(Parent), out Digest? parent)
            || !TryReadLayer(fields.GetValueOrDefault(Layer), fields.GetValueOrDefault(DiffId), out CachedLayer? layer)
            || !Timestamp.TryParse(fields.GetValueOrDefault(Created), out Timestamp created)
            || !Timestamp.TryParse(fields.GetValueOrDefault(Saved), out Timestamp saved)
            || fields.GetValueOrDefault(Title) is not { } title
            || FindDescriptor(fields.GetValueOrDefault(Parts)) is not { } parts || parts.MediaType != PartsDocument.Type)
            return null;
        return new StoredEntry(new CacheEntry { Key = new CacheKey(key), Parent = parent, Layer = layer, Created = created, Title = title }, saved, parts);
    }

    private static bool TryReadParent(string? text, out Digest? parent)
    {
        bool read = Digest.TryParse(text, out Digest digest);
        parent = read ? digest : null;
        return read || text == None;
    }

    private static bool TryReadLayer(string? text, string? diffIdText, out CachedLayer? layer)
    {
        layer = null;
        if (text == None)
            return diffIdText == None;
        if (FindDescriptor(text) is not { MediaType: { IsLayer: true, IsForeignLayer: false } } descriptor || !Digest.TryParse(diffIdText, out Digest diffId))
            return false;
        layer = new CachedLayer(descriptor, diffId);
        return true;
    }

    private static string Describe(Descriptor descriptor) => $"{descriptor.Size} {descriptor.Digest} {descriptor.MediaType}";

    private static Descriptor? FindDescriptor(string? text) =>
        text?.Split(' ') is [var sizeText, var digestText, var type]
        && long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
        && Digest.TryParse(digestText, out Digest digest)
            ? new Descriptor { MediaType = new MediaType(type), Digest = digest, Size = size }
            : null;

    /// <summary>Over names and values with their lengths, so that no two entries have the same bytes.</summary>
    private static string Sum(ImmutableSortedDictionary<string, string> fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (string text in fields.SelectMany(field => new[] { field.Key, field.Value }))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Without half of a character, which no document can hold.</summary>
    private static string Shorten(string title) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(title.Length <= LongestTitle ? title : title[..(LongestTitle - 1)] + "\u2026"));
}
