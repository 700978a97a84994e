// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kiln.Clouds.Amazon;

/// <summary>What ECR answers to GetAuthorizationToken. Classes, not records: a record's text would show the password.</summary>
internal sealed class RegistryAuthorizations
{
    public IReadOnlyList<Entry>? AuthorizationData { get; init; }

    internal sealed class Entry
    {
        /// <summary>`AWS:password` in base64.</summary>
        public string? AuthorizationToken { get; init; }

        /// <summary>Seconds since 1970, or a date as the public registry writes it.</summary>
        public JsonElement ExpiresAt { get; init; }

        public RegistryPassword? ToPassword(string place)
        {
            byte[] bytes = new byte[AuthorizationToken?.Length ?? 0];
            if (!Convert.TryFromBase64String(AuthorizationToken ?? "", bytes, out int length))
                return null;
            return Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var user, { Length: > 0 } password]
                ? new RegistryPassword(user, password, End, place)
                : null;
        }

        private DateTimeOffset End => ExpiresAt switch
        {
            { ValueKind: JsonValueKind.Number } seconds => DateTimeOffset.UnixEpoch.AddSeconds(seconds.GetDouble()),
            { ValueKind: JsonValueKind.String } text
                when DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, out DateTimeOffset end) => end,
            _ => DateTimeOffset.MinValue,
        };
    }
}
