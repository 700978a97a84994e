// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Google;

/// <summary>
/// Access tokens for Google's services by Application Default Credentials: the file that GOOGLE_APPLICATION_CREDENTIALS names, gcloud's own file, the
/// metadata server.
/// </summary>
public sealed class GoogleTokens(Surroundings surroundings, CloudClient client) : IDisposable
{
    private const string FileVariable = "GOOGLE_APPLICATION_CREDENTIALS";

    private readonly Cached<CloudToken> _cached = new(client.Time);

    /// <summary>Null where nothing here is known to Google; that there is something which cannot be used is an error.</summary>
    public ValueTask<CloudToken?> FindAsync(CancellationToken cancellationToken) => _cached.GetAsync(
        async () =>
        {
            CloudToken? found = await SearchAsync(cancellationToken);
            return (found, found?.End ?? DateTimeOffset.MaxValue);
        },
        cancellationToken);

    public void Dispose() => _cached.Dispose();

    private async Task<CloudToken?> SearchAsync(CancellationToken cancellationToken)
    {
        if (surroundings.Find(FileVariable) is { } named)
            return await OfFileAsync(named, Surroundings.ReadFile(named, $"`{FileVariable}`"), cancellationToken);
        string? directory = surroundings.Find("CLOUDSDK_CONFIG") ?? (surroundings.Home is { } home ? Path.Combine(home, ".config", "gcloud") : null);
        if (directory is not null && Path.Combine(directory, "application_default_credentials.json") is var usual && Surroundings.FindFile(usual) is { } text)
            return await OfFileAsync(usual, text, cancellationToken);
        return await new GoogleMetadata(surroundings, client).FindAsync(cancellationToken);
    }

    private Task<CloudToken> OfFileAsync(string path, string text, CancellationToken cancellationToken)
    {
        GoogleKeyFile? file;
        try
        {
            file = JsonSerializer.Deserialize(text, CloudJson.Default.GoogleKeyFile);
        }
        catch (JsonException)
        {
            file = null; // Not the parser's own message: it may quote the file.
        }
        return new GoogleKey(file ?? throw DiagnosticRules.CloudRefused.Error($"`{path}` is not a JSON object"), $"`{path}`", client)
            .GetTokenAsync(cancellationToken);
    }
}
