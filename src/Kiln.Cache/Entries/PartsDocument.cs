// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using Kiln.Oci;

namespace Kiln.Cache.Entries;

/// <summary>What a key was made of, as the configuration of an entry's manifest: an object with a member for each part.</summary>
internal static class PartsDocument
{
    /// <summary>Whoever puts more there fills memory.</summary>
    internal const long LargestSize = 8 << 20;

    internal static readonly MediaType Type = new("application/vnd.kiln.cache.parts.v1+json");

    internal static RawDocument Write(CacheEntry entry)
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteString("key", entry.Key.ToString());
            json.WriteStartObject("parts");
            foreach (KeyPart part in entry.Parts)
                json.WriteString(part.Name, part.Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new RawDocument(Type, content.ToArray());
    }

    /// <summary>Nothing where it is another key's, or none at all.</summary>
    internal static ImmutableArray<KeyPart> Read(CacheKey key, ReadOnlyMemory<byte> content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("key", out JsonElement named) || named.ValueKind != JsonValueKind.String || named.GetString() != key.ToString()
                || !root.TryGetProperty("parts", out JsonElement parts) || parts.ValueKind != JsonValueKind.Object)
                return [];
            return [.. parts.EnumerateObject().Where(part => part.Value.ValueKind == JsonValueKind.String).Select(part => new KeyPart(part.Name, part.Value.GetString()!))];
        }
        // An unpaired surrogate comes to light only when the text is taken.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
