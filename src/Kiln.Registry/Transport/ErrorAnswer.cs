// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Kiln.Registry.Transport;

/// <summary>The body of a refusal: `{"errors":[{"code":...,"message":...}]}` (distribution-spec, "Error Codes").</summary>
internal sealed record ErrorAnswer
{
    private const int LargestAnswer = 64 << 10;

    public IReadOnlyList<Entry>? Errors { get; init; }

    /// <summary>`CODE: message` of each error; null where the body is something else.</summary>
    public static string? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            IEnumerable<string> errors = JsonSerializer.Deserialize(body, RegistryJson.Default.ErrorAnswer)?.Errors?
                .Select(error => string.IsNullOrEmpty(error.Message) ? error.Code ?? "" : $"{error.Code}: {error.Message}") ?? [];
            string text = string.Join("; ", errors.Where(error => error.Length > 0));
            return text.Length == 0 ? null : text;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a refusal is a registry's own, in the words of the specification.</summary>
    public static async Task<bool> IsOneAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return false;
        }
        return Read(await response.Content.ReadAsByteArrayAsync(cancellationToken)) is not null;
    }

    /// <summary>Whether a refusal names an error of the specification.</summary>
    public static async Task<bool> NamesAsync(HttpResponseMessage response, string code, CancellationToken cancellationToken) =>
        (await response.Content.ReadAsStringAsync(cancellationToken)).Contains(code, StringComparison.Ordinal);

    internal sealed record Entry(string? Code, string? Message);
}
