// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>
/// Writes credentials into Docker's `config.json`, or into the helper program that it names. Everything else in the file stays as it is, and the file
/// is replaced in one step by one that its owner alone can read.
/// </summary>
public sealed class DockerConfigWriter(string path)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentCharacter = '\t', IndentSize = 1 };

    /// <summary>Keeps a user's password. Returns the helper that has it now; null where it is in the file.</summary>
    public async Task<string?> StoreAsync(string host, Credential credential, CancellationToken cancellationToken)
    {
        JsonObject config = await ReadAsync(cancellationToken);
        string key = DockerAuthKey.Of(host);
        string? helper = FindHelper(config, host);
        if (helper is not null)
            await CredentialHelper.StoreAsync(helper, key, credential, cancellationToken);
        var auths = config["auths"] as JsonObject ?? [];
        config["auths"] = auths;
        RemoveOf(host, auths);
        var entry = new JsonObject();
        if (helper is null)
            entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Secret}"));
        auths[key] = entry;
        await WriteAsync(config, cancellationToken);
        return helper;
    }

    /// <summary>Takes away what file and helper have for a host; false where that was nothing.</summary>
    public async Task<bool> EraseAsync(string host, CancellationToken cancellationToken)
    {
        JsonObject config = await ReadAsync(cancellationToken);
        bool erased = FindHelper(config, host) is { } helper && await CredentialHelper.EraseAsync(helper, DockerAuthKey.Of(host), cancellationToken);
        if (config["auths"] is JsonObject auths && RemoveOf(host, auths))
        {
            await WriteAsync(config, cancellationToken);
            erased = true;
        }
        return erased;
    }

    private static string? FindHelper(JsonObject config, string host)
    {
        IEnumerable<KeyValuePair<string, JsonNode?>>? helpers = config["credHelpers"] as JsonObject;
        string? own = DockerAuthKey.FindBest(helpers, host, "")?.Value?.ToString();
        return string.IsNullOrEmpty(own) ? config["credsStore"]?.ToString() is { Length: > 0 } general ? general : null : own;
    }

    // Docker writes Docker Hub in one way and others in another; entries for single repositories are somebody else's.
    private static bool RemoveOf(string host, JsonObject auths)
    {
        List<string> keys = [.. auths.Select(entry => entry.Key).Where(key => DockerAuthKey.Match(key, host, "") == 0)];
        keys.ForEach(key => auths.Remove(key));
        return keys.Count > 0;
    }

    private async Task<JsonObject> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            return bytes.Length == 0 ? [] : JsonNode.Parse(bytes) as JsonObject ?? throw Unusable("it is not a JSON object", null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException e)
        {
            throw Unusable($"it is not valid JSON (line {e.LineNumber + 1})", null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(e.Message.TrimEnd('.'), e);
        }
    }

    private async Task WriteAsync(JsonObject config, CancellationToken cancellationToken)
    {
        string? temporary = null;
        try
        {
            // Where the file is a link, what it leads to is replaced, not the link.
            string target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            string directory = Path.GetDirectoryName(target) is { Length: > 0 } parent ? parent : ".";
            if (!Directory.Exists(directory))
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            temporary = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
            await using (var file = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                await using (var writer = new Utf8JsonWriter(file, Indented))
                    config.WriteTo(writer);
                file.Flush(flushToDisk: true);
            }
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.CredentialsUnwritable.Error($"`{path}` cannot be written: {e.Message.TrimEnd('.')}", inner: e);
        }
        finally
        {
            if (temporary is not null)
                File.Delete(temporary);
        }
    }

    private BuildException Unusable(string why, Exception? inner) =>
        DiagnosticRules.CredentialsUnreadable.Error($"`{path}` cannot be changed: {why}", inner: inner);
}
