// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using Kiln.Registry.Auth;
using Kiln.Registry.Pull;
using Kiln.Registry.Transport;

namespace Kiln.Registry;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DockerConfigFile))]
[JsonSerializable(typeof(Dictionary<string, DockerAuthEntry>))]
[JsonSerializable(typeof(CredentialHelperAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(TagList))]
internal sealed partial class RegistryJson : JsonSerializerContext;
