// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>
/// The keys of `auths` and `credHelpers`: a host, with or without a scheme and an API path (`https://index.docker.io/v1/`), or a host and the
/// beginning of repositories (`registry.example.com/team`).
/// </summary>
internal static class DockerAuthKey
{
    // What Docker calls Docker Hub, for reasons of history.
    private const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>How Docker itself writes a host.</summary>
    public static string Of(string host) => host == Oci.ImageReference.DefaultHost ? DockerHub : host;

    /// <summary>How much of the repository a key names; null where it is for others.</summary>
    public static int? Match(string key, string host, string repository)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? key : key[(scheme + 3)..];
        int slash = rest.IndexOf('/');
        string path = slash < 0 ? "" : rest[slash..].Trim('/');

        if (!HostName.Of(key).Equals(host, StringComparison.OrdinalIgnoreCase))
            return null;
        if (path is "" or "v1" or "v2")
            return 0;
        return repository == path || repository.StartsWith(path + "/", StringComparison.Ordinal) ? path.Length : null;
    }

    /// <summary>The entry whose key names most of the repository.</summary>
    public static KeyValuePair<string, T>? FindBest<T>(IEnumerable<KeyValuePair<string, T>>? entries, string host, string repository)
    {
        (int Length, KeyValuePair<string, T> Entry)? best = null;
        foreach (KeyValuePair<string, T> entry in entries ?? [])
        {
            if (Match(entry.Key, host, repository) is { } length && (best is null || length > best.Value.Length))
                best = (length, entry);
        }
        return best?.Entry;
    }
}
