// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Oci.Json;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(DigestConverter), typeof(MediaTypeConverter), typeof(TimestampConverter), typeof(StringMapConverter)])]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageConfig))]
internal sealed partial class OciJsonContext : JsonSerializerContext;
