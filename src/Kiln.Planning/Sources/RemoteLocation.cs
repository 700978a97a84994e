// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>Tells by its text what a source of `ADD` or a named context is, and how it can be shown to people.</summary>
public static class RemoteLocation
{
    /// <summary>An http URL that is no git repository's.</summary>
    public static bool IsHttp(string text) => HasHttpScheme(text) && !IsGit(text);

    /// <summary>`git://`, `ssh://`, an http URL whose path ends in `.git`, or `user@host:path`.</summary>
    public static bool IsGit(string text)
    {
        if (text.StartsWith("git://", StringComparison.Ordinal) || text.StartsWith("ssh://", StringComparison.Ordinal))
            return true;
        if (HasHttpScheme(text))
            return WithoutQuery(text).EndsWith(".git", StringComparison.Ordinal);
        int at = text.IndexOf('@'), colon = text.IndexOf(':');
        return at > 0 && colon > at + 1 && !text[..colon].Contains('/');
    }

    /// <summary>Of a context `github.com/owner/name` is a repository too; to `ADD` it is a path.</summary>
    public static bool IsGitContext(string text) => IsGit(text) || text.StartsWith("github.com/", StringComparison.Ordinal);

    /// <summary>
    /// A URL without user information, query and fragment, which can hold secrets. An ssh user is none: `git@` stays where no password follows.
    /// </summary>
    public static string Redact(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string bare = WithoutQuery(text);
        if (scheme < 0)
            return bare;
        string authority = bare[(scheme + 3)..].Split('/')[0];
        int at = authority.LastIndexOf('@');
        return at < 0 || (text.StartsWith("ssh://", StringComparison.Ordinal) && !authority[..at].Contains(':'))
            ? bare
            : string.Concat(bare.AsSpan(0, scheme + 3), bare.AsSpan(scheme + 3 + at + 1));
    }

    /// <summary>As <see cref="Redact"/>, but only what names a user goes: for an image's history, where Docker has the URL as it was written.</summary>
    public static string WithoutUser(string text)
    {
        string redacted = Redact(text);
        return redacted + text[WithoutQuery(text).Length..];
    }

    internal static string? FindFileName(string url)
    {
        string path = WithoutQuery(url);
        int slash = path.IndexOf('/', path.IndexOf("://", StringComparison.Ordinal) + 3);
        // Unescaped before it is cut, as Go's url.URL has it: an escaped slash is one.
        string[] parts = slash < 0 ? [] : Uri.UnescapeDataString(path[slash..]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is [.., var last] && last is not ("." or "..") && !last.Contains('\0') ? last : null;
    }

    private static bool HasHttpScheme(string text) =>
        text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal);

    private static string WithoutQuery(string text) => text.Split('#', '?')[0];
}
