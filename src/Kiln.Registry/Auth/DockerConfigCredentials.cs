// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>
/// Credentials as `docker login` and `podman login` leave them: a helper program for the host, the general helper, then what stands in
/// the file itself. The file is read once, a helper is asked once for each host.
/// </summary>
public sealed class DockerConfigCredentials : ICredentialSource, IDisposable
{
    private static readonly ImmutableDictionary<string, ICredentialSource> NoneBuiltIn = ImmutableDictionary<string, ICredentialSource>.Empty;

    private readonly ImmutableDictionary<string, ICredentialSource> _builtIn;
    private readonly Func<CancellationToken, ValueTask<byte[]?>> _read;
    private readonly Func<byte[], DockerConfigFile?> _parse;
    private readonly string _place;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, CredentialLookup> _fromHelpers = [];
    private DockerConfigFile? _file;
    private bool _exists;

    /// <param name="path">A file as Docker's `config.json`.</param>
    public DockerConfigCredentials(string path)
        : this(path, NoneBuiltIn)
    {
    }

    /// <param name="path">A file as Docker's `config.json`.</param>
    /// <param name="builtIn">What stands in for helper programs that are not installed, by the end of the program's name.</param>
    public DockerConfigCredentials(string path, ImmutableDictionary<string, ICredentialSource> builtIn)
        : this($"`{path}`", token => ReadFileAsync(path, token), ParseConfig, builtIn)
    {
    }

    private DockerConfigCredentials(
        string place,
        Func<CancellationToken, ValueTask<byte[]?>> read,
        Func<byte[], DockerConfigFile?> parse,
        ImmutableDictionary<string, ICredentialSource> builtIn) => (_place, _read, _parse, _builtIn) = (place, read, parse, builtIn);

    /// <summary>The same as text, as DOCKER_AUTH_CONFIG has it.</summary>
    public static DockerConfigCredentials OfVariable(string variable, string text, ImmutableDictionary<string, ICredentialSource> builtIn) =>
        new($"`{variable}`", _ => new(Encoding.UTF8.GetBytes(text)), ParseConfig, builtIn);

    /// <summary>`.dockercfg`, which is nothing but `auths`.</summary>
    public static DockerConfigCredentials OfLegacyFile(string path) => new(
        $"`{path}`",
        token => ReadFileAsync(path, token),
        bytes => new DockerConfigFile { Auths = JsonSerializer.Deserialize(bytes, RegistryJson.Default.DictionaryStringDockerAuthEntry) },
        NoneBuiltIn);

    public async ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _file ??= await ReadAsync(cancellationToken);
            if (!_exists)
                return CredentialLookup.ForOthers(_place, "there is no such file");
            CredentialLookup? fromHelper = FindHelper(_file, host, repository) is { } helper
                ? await AskAsync(helper, host, repository, cancellationToken)
                : null;
            return fromHelper?.Credential is null
                ? FindInFile(_file, host, repository) ?? fromHelper ?? new CredentialLookup(null, _place) { Reason = "it has no entry for it" }
                : fromHelper;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static string? FindHelper(DockerConfigFile file, string host, string repository) =>
        DockerAuthKey.FindBest(file.CredHelpers, host, repository)?.Value is { Length: > 0 } helper ? helper
        : string.IsNullOrEmpty(file.CredsStore) ? null
        : file.CredsStore;

    private async ValueTask<CredentialLookup> AskAsync(string helper, string host, string repository, CancellationToken cancellationToken)
    {
        string key = $"{helper} {host}";
        if (_fromHelpers.TryGetValue(key, out CredentialLookup? known))
            return known;
        if (await CredentialHelper.FindAsync(helper, DockerAuthKey.Of(host), cancellationToken) is { } answer)
            return _fromHelpers[key] = answer;
        string missing = $"the helper `{CredentialHelper.ProgramOf(helper)}`, which is not on PATH";
        if (!_builtIn.TryGetValue(helper, out ICredentialSource? builtIn))
            return _fromHelpers[key] = new CredentialLookup(null, missing);
        // It keeps what it finds for as long as that lives.
        CredentialLookup lookup = await builtIn.FindAsync(host, repository, cancellationToken);
        return lookup with { Place = $"{lookup.Place}, in place of the helper `{CredentialHelper.ProgramOf(helper)}` that {_place} names", Concerns = true };
    }

    private CredentialLookup? FindInFile(DockerConfigFile file, string host, string repository) =>
        DockerAuthKey.FindBest(file.Auths, host, repository) is { } entry && entry.Value?.ToCredential(_place) is { } credential
            ? new CredentialLookup(credential, $"{_place}, entry `{entry.Key}`")
            : null;

    private async ValueTask<DockerConfigFile> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            byte[]? bytes = await _read(cancellationToken);
            _exists = bytes is not null;
            return bytes is null ? new DockerConfigFile() : _parse(bytes) ?? new DockerConfigFile();
        }
        catch (JsonException e)
        {
            // Not the parser's own message: it may quote the file.
            throw DiagnosticRules.CredentialsUnreadable.Error($"{_place} is not valid JSON (line {e.LineNumber + 1})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.CredentialsUnreadable.Error($"{_place} cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    private static async ValueTask<byte[]?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static DockerConfigFile? ParseConfig(byte[] bytes) => JsonSerializer.Deserialize(bytes, RegistryJson.Default.DockerConfigFile);
}
