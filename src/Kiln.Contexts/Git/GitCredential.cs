// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Contexts.Git;

/// <summary>
/// A user and password of a repository's URL, for the server of that URL alone. Git learns them from its environment, so that they are in no command
/// line, no configuration and no `.git`.
/// </summary>
/// <param name="Server">`https://host[:port]`.</param>
internal sealed record GitCredential(string Server, string User, string Password)
{
    /// <summary>A shorter user without a password is a name, as `git`, and no token.</summary>
    private const int ShortestToken = 8;

    /// <summary>Takes user and password out of an http URL.</summary>
    internal static (string Remote, GitCredential? Credential) Split(string remote)
    {
        if (!remote.StartsWith("http", StringComparison.Ordinal) || !Uri.TryCreate(remote, UriKind.Absolute, out Uri? url) || url.UserInfo.Length == 0)
            return (remote, null);
        string[] halves = url.UserInfo.Split(':', 2);
        string server = url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        var credential = new GitCredential(server, Uri.UnescapeDataString(halves[0]), halves.Length > 1 ? Uri.UnescapeDataString(halves[1]) : "");
        return (url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), credential);
    }

    /// <summary>For the server of an http address; null for an address of another kind, whose server takes none.</summary>
    internal static GitCredential? Of(string remote, string user, string password) =>
        remote.StartsWith("http", StringComparison.Ordinal) && Uri.TryCreate(remote, UriKind.Absolute, out Uri? url)
            ? new GitCredential(url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped), user, password)
            : null;

    /// <summary>What must not be seen: the password, or where there is none the user, which is a token then.</summary>
    internal string? Secret => Password.Length > 0 ? Password : User.Length >= ShortestToken ? User : null;

    public override string ToString() => Server;
}
