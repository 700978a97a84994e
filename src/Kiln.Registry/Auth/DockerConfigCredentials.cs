// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Registry.Auth;

/// <summary>
/// Credentials as `docker login` leaves them in `config.json`: a helper program for the host, the general helper, then what stands in
/// the file itself. The file is read once, a helper is asked once for each host.
/// </summary>
public sealed class DockerConfigCredentials : ICredentialSource, IDisposable
{
    // What Docker calls Docker Hub here, for reasons of history.
    private const string DockerHubKey = "https://index.docker.io/v1/";

    private readonly string _path;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, CredentialLookup> _fromHelpers = [];
    private DockerConfigFile? _file;

    public DockerConfigCredentials(string path) => _path = path;

    public async ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _file ??= await ReadAsync(cancellationToken);
            CredentialLookup? fromHelper = FindHelper(_file, host) is { } helper ? await AskAsync(helper, host, cancellationToken) : null;
            return fromHelper?.Credential is null
                ? FindInFile(_file, host, repository) ?? fromHelper ?? new CredentialLookup(null, $"`{_path}`")
                : fromHelper;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static string ServerKey(string host) => host == ImageReference.DefaultHost ? DockerHubKey : host;

    private static string? FindHelper(DockerConfigFile file, string host) =>
        file.CredHelpers?.GetValueOrDefault(host)
        ?? file.CredHelpers?.GetValueOrDefault(ServerKey(host))
        ?? (string.IsNullOrEmpty(file.CredsStore) ? null : file.CredsStore);

    private async ValueTask<CredentialLookup> AskAsync(string helper, string host, CancellationToken cancellationToken)
    {
        if (!_fromHelpers.TryGetValue(host, out CredentialLookup? known))
            _fromHelpers[host] = known = await CredentialHelper.GetAsync(helper, ServerKey(host), cancellationToken);
        return known;
    }

    private CredentialLookup? FindInFile(DockerConfigFile file, string host, string repository)
    {
        (int Length, DockerAuthEntry Entry)? best = null;
        foreach ((string key, DockerAuthEntry entry) in file.Auths ?? [])
        {
            if (DockerAuthKey.Match(key, host, repository) is { } length && (best is null || length > best.Value.Length))
                best = (length, entry);
        }
        return best?.Entry.ToCredential(_path) is { } credential ? new CredentialLookup(credential, $"`{_path}`") : null;
    }

    private async ValueTask<DockerConfigFile> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream stream = File.OpenRead(_path);
            return await JsonSerializer.DeserializeAsync(stream, RegistryJson.Default.DockerConfigFile, cancellationToken)
                ?? new DockerConfigFile();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new DockerConfigFile();
        }
        catch (JsonException e)
        {
            // Not the parser's own message: it may quote the file.
            throw DiagnosticRules.CredentialsUnreadable.Error($"`{_path}` is not valid JSON (line {e.LineNumber + 1})", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.CredentialsUnreadable.Error($"`{_path}` cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }
}
