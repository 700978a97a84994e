// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Kiln.Cache.Entries;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>
/// The entries of an image's own steps in a member of its configuration, which BuildKit's inline cache has under another name: an array of objects, each the annotations of an entry. The layers are the image's. Nothing in it
/// tells one build from another that came to the same.
/// </summary>
public static class InlineEntries
{
    /// <summary>The member.</summary>
    public const string Member = "dev.kiln.cache.v1";

    /// <summary>Of what keys were made of there is nothing.</summary>
    private static readonly RawDocument NoParts = new(PartsDocument.Type, Encoding.UTF8.GetBytes("{}"));

    /// <summary>An image's configuration with the entries of its steps; those without a layer are left out.</summary>
    public static ImageConfig Write(ImageConfig config, IEnumerable<CacheEntry> entries)
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartArray();
            foreach (CacheEntry entry in entries.Where(entry => entry.Layer is not null).OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal))
            {
                json.WriteStartObject();
                // The time of saving would give each build an image of its own.
                foreach ((string name, string value) in EntryAnnotations.Write(entry, entry.Created, NoParts.Descriptor))
                    json.WriteString(name, value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        using JsonDocument document = JsonDocument.Parse(content.ToArray());
        return config.With(Member, document.RootElement.Clone());
    }

    /// <summary>Null where the configuration has no such member. They are as old as somebody says who looks: an image that is there is meant to be used.</summary>
    /// <exception cref="BuildException">The document is no configuration.</exception>
    internal static ImmutableDictionary<CacheKey, StoredEntry>? Read(RawDocument config, Timestamp saved)
    {
        if (ImageConfig.Parse(config).Unknown?.TryGetValue(Member, out JsonElement member) != true || member.ValueKind != JsonValueKind.Array)
            return null;
        var entries = ImmutableDictionary.CreateBuilder<CacheKey, StoredEntry>();
        foreach (JsonElement element in member.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object))
        {
            try
            {
                ImmutableSortedDictionary<string, string> annotations = StringMap.Empty.SetItems(
                    element.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.String).Select(field => KeyValuePair.Create(field.Name, field.Value.GetString()!)));
                if (EntryAnnotations.Read(annotations) is { } stored)
                    entries[stored.Entry.Key] = stored with { Saved = saved };
            }
            // An unpaired surrogate comes to light only when the text is taken.
            catch (InvalidOperationException)
            {
            }
        }
        return entries.ToImmutable();
    }
}
