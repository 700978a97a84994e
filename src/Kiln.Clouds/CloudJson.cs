// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using Kiln.Clouds.Amazon;
using Kiln.Clouds.Azure;
using Kiln.Clouds.Google;

namespace Kiln.Clouds;

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(AmazonSecrets))]
[JsonSerializable(typeof(RegistryAuthorizations))]
[JsonSerializable(typeof(PublicRegistryAuthorization))]
[JsonSerializable(typeof(OAuthAnswer))]
[JsonSerializable(typeof(GoogleKeyFile))]
[JsonSerializable(typeof(ImpersonationAnswer))]
[JsonSerializable(typeof(ExchangeAnswer))]
internal sealed partial class CloudJson : JsonSerializerContext;
