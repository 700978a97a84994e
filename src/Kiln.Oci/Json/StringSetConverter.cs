// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kiln.Oci.Json;

/// <summary>A set, written as Go programs write one: an object whose values are empty objects.</summary>
internal sealed class StringSetConverter : JsonConverter<ImmutableSortedSet<string>>
{
    public override ImmutableSortedSet<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an object was expected");
        var set = StringMap.EmptySet.ToBuilder();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            set.Add(reader.GetString()!);
            reader.Read();
            reader.Skip();
        }
        return set.ToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableSortedSet<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (string member in value)
        {
            writer.WriteStartObject(member);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
