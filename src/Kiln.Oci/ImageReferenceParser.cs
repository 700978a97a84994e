// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>
/// The grammar and the defaults of github.com/distribution/reference:
/// <code>
/// reference      := name [ ":" tag ] [ "@" digest ]
/// name           := [host "/"] path-component ["/" path-component]*
/// host           := (domain-name | "[" IPv6 "]") [":" digits]
/// path-component := alphanumerics [separator alphanumerics]*     separator := "." | "_" | "__" | "-"+
/// tag            := [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}
/// </code>
/// </summary>
internal static class ImageReferenceParser
{
    /// <summary>RepositoryNameTotalLengthMax of distribution/reference.</summary>
    private const int MaxRepositoryLength = 255;

    private const int MaxTagLength = 128;

    /// <summary>Null, with the reason as the end of a sentence, where the text is no reference.</summary>
    public static ImageReference? Parse(string text, out string? reason)
    {
        reason = null;
        string name = text;
        Digest? digest = null;
        int at = name.IndexOf('@');
        if (at >= 0)
        {
            if (!Digest.TryParse(name[(at + 1)..], out Digest parsed))
                return Refuse(out reason, "what follows `@` is not a sha256 or sha512 digest");
            digest = parsed;
            name = name[..at];
        }

        string? tag = null;
        int colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/'))
        {
            tag = name[(colon + 1)..];
            name = name[..colon];
            if (!IsTag(tag))
                return Refuse(out reason, $"`{tag}` is not a tag");
        }

        if (name.Length == 64 && name.All(char.IsAsciiHexDigitLower))
            return Refuse(out reason, "64 hexadecimal digits are an image's id, not a repository");

        (string host, string repository) = SplitHost(name);
        if (!IsHost(host))
            return Refuse(out reason, $"`{host}` is not a host");
        if (repository.Length == 0)
            return Refuse(out reason, "the repository is missing");
        if (repository.Any(char.IsAsciiLetterUpper))
            return Refuse(out reason, $"the repository `{repository}` must be in lower case");
        if (!repository.Split('/').All(IsPathComponent))
            return Refuse(out reason, $"`{repository}` is not a repository");
        if (repository.Length > MaxRepositoryLength)
            return Refuse(out reason, $"the repository is longer than {MaxRepositoryLength} characters");
        return new ImageReference(host, repository, tag ?? (digest is null ? ImageReference.DefaultTag : null), digest);
    }

    public static bool IsTag(string text) =>
        text.Length is > 0 and <= MaxTagLength
        && IsWordCharacter(text[0])
        && text.All(c => IsWordCharacter(c) || c is '.' or '-');

    private static ImageReference? Refuse(out string reason, string why)
    {
        reason = why;
        return null;
    }

    // The first component is a host if it could not be a repository of Docker Hub: a dot, a colon, an upper-case letter, `localhost`.
    private static (string Host, string Repository) SplitHost(string name)
    {
        int slash = name.IndexOf('/');
        string first = slash < 0 ? "" : name[..slash];
        bool isHost = first.AsSpan().IndexOfAny(".:") >= 0 || first == "localhost" || first.Any(char.IsAsciiLetterUpper);
        string host = isHost ? first : ImageReference.DefaultHost;
        string repository = isHost ? name[(slash + 1)..] : name;

        if (host == "index.docker.io")
            host = ImageReference.DefaultHost;
        if (host == ImageReference.DefaultHost && repository.Length > 0 && !repository.Contains('/'))
            repository = "library/" + repository;
        return (host, repository);
    }

    private static bool IsHost(string text)
    {
        string name = text;
        int colon = text.LastIndexOf(':');
        if (colon > text.LastIndexOf(']'))
        {
            string port = text[(colon + 1)..];
            if (port.Length == 0 || !port.All(char.IsAsciiDigit))
                return false;
            name = text[..colon];
        }
        if (name is ['[', .. var address, ']'])
            return address.Length > 0 && address.All(c => char.IsAsciiHexDigit(c) || c == ':');
        return name.Split('.').All(IsDomainComponent);
    }

    private static bool IsDomainComponent(string text) =>
        text.Length > 0 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static bool IsPathComponent(string text)
    {
        int i = 0;
        while (true)
        {
            int start = i;
            while (i < text.Length && (char.IsAsciiLetterLower(text[i]) || char.IsAsciiDigit(text[i])))
                i++;
            if (i == start)
                return false;
            if (i == text.Length)
                return true;
            i += SeparatorLength(text.AsSpan(i));
        }
    }

    private static int SeparatorLength(ReadOnlySpan<char> text) => text switch
    {
        ['-', ..] => text.IndexOfAnyExcept('-') is > 0 and var end ? end : text.Length,
        ['_', '_', ..] => 2,
        ['_' or '.', ..] => 1,
        _ => 0,
    };

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
