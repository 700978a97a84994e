// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Linux;

namespace Kiln.Sandbox.Stage;

/// <summary>Paths are bytes, which JSON's strings are not: base64.</summary>
internal sealed class UnixPathConverter : JsonConverter<UnixPath>
{
    public override UnixPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        UnixPath.Clean(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, UnixPath value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Bytes);
}
