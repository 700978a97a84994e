// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kiln.Diagnostics;

namespace Kiln.Clouds;

/// <summary>What a service of a cloud answered. Bodies hold secrets, so of a success's nothing gets into a message.</summary>
/// <param name="service">Whose answer it is, for messages.</param>
/// <param name="status">The status.</param>
/// <param name="body">All of the body.</param>
/// <param name="flavor">The header by which Google's metadata server shows that it is one.</param>
internal sealed class CloudAnswer(string service, HttpStatusCode status, byte[] body, string? flavor)
{
    private const int MostOfReason = 300;

    public HttpStatusCode Status { get; } = status;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public string? MetadataFlavor { get; } = flavor;

    public string Text => Encoding.UTF8.GetString(body);

    /// <exception cref="BuildException">It was no success, or something else than was asked for.</exception>
    public T Parse<T>(JsonTypeInfo<T> type)
    {
        Demand();
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw Malformed();
        }
        catch (JsonException)
        {
            throw Malformed();
        }
    }

    /// <exception cref="BuildException">It was no success.</exception>
    public void Demand()
    {
        if (!IsSuccess)
            throw DiagnosticRules.CloudRefused.Error($"{service} answered {(int)Status}{Reason()}");
    }

    public BuildException Malformed() => DiagnosticRules.CloudRefused.Error($"{service} answered without what was asked for");

    /// <summary>Refusals are in JSON, XML or plain text: their beginning says what is the matter.</summary>
    private string Reason()
    {
        string text = string.Join(' ', Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? "" : $": {(text.Length > MostOfReason ? text[..MostOfReason] + "..." : text)}";
    }
}
