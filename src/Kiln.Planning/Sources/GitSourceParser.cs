// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Kiln.Diagnostics;

namespace Kiln.Planning.Sources;

/// <summary>
/// Reads `REPOSITORY[?key=value&amp;...][#reference[:directory]]`. What the query and the fragment say must not contradict each other.
/// </summary>
internal sealed class GitSourceParser
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private readonly string _text;
    private readonly SourceSpan? _span;
    private readonly Dictionary<string, string?> _query = new(StringComparer.Ordinal);

    private GitSourceParser(string text, SourceSpan? span) => (_text, _span) = (text, span);

    /// <param name="text">A text that <see cref="RemoteLocation.IsGitContext"/> knows.</param>
    /// <param name="span">Where it stands, for errors.</param>
    internal static GitSource Parse(string text, SourceSpan? span) => new GitSourceParser(text, span).Parse();

    /// <summary>`[0-9a-f]{7,64}`: a commit's hash, or as much of it as tells it from others.</summary>
    internal static bool IsCommit(string text) => text.Length is >= 7 and <= 64 && !text.AsSpan().ContainsAnyExcept(Hex);

    private GitSource Parse()
    {
        string[] halves = _text.Split('#', 2);
        string[] parts = halves[0].Split('?', 2);
        ReadQuery(parts.Length > 1 ? parts[1] : "");
        string remote = parts[0].StartsWith("github.com/", StringComparison.Ordinal) ? "https://" + parts[0] : parts[0];
        string[] fragment = halves.Length > 1 ? halves[1].Split(':', 2) : [""];
        string? reference = Agree("ref", NullIfEmpty(fragment[0]), _query.GetValueOrDefault("ref"));
        reference = Tagged(reference);
        string? commit = (_query.GetValueOrDefault("checksum") ?? _query.GetValueOrDefault("commit"))?.ToLowerInvariant();
        if (commit is not null && !IsCommit(commit))
            throw Invalid($"invalid checksum {commit} for Git source, expected hex commit hash");
        bool byCommit = Boolean("fetch-by-commit") ?? false;
        if (byCommit && commit is null)
            throw Invalid("`fetch-by-commit` needs `commit`");
        // To ssh it would be an option.
        if (HostOf(remote).StartsWith('-'))
            throw Invalid("a host's name does not begin with `-`");
        return new GitSource
        {
            Remote = Clean(remote),
            Reference = reference is null ? null : Clean(reference),
            Subdirectory = (Agree("subdir", fragment.Length > 1 ? NullIfEmpty(fragment[1]) : null, _query.GetValueOrDefault("subdir")) ?? "").Trim('/'),
            Commit = commit,
            KeepsGitDirectory = Boolean("keep-git-dir"),
            Submodules = Boolean("submodules") ?? true,
            CommitTimes = _query.GetValueOrDefault("mtime") switch
            {
                null or "checkout" => false,
                "commit" => true,
                var other => throw Invalid($"invalid mtime value: \"{other}\" (must be \"checkout\" or \"commit\")"),
            },
            FetchesByCommit = byCommit,
        };
    }

    private void ReadQuery(string query)
    {
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] halves = pair.Split('=', 2);
            string name = Unescape(halves[0]), value = halves.Length > 1 ? Unescape(halves[1]) : "";
            if (name is not ("ref" or "tag" or "branch" or "subdir" or "checksum" or "commit" or "keep-git-dir" or "submodules" or "mtime" or "fetch-by-commit"))
                throw Invalid($"unexpected query \"{name}\"");
            if (value.Length == 0 && name is not ("keep-git-dir" or "submodules" or "fetch-by-commit"))
                throw Invalid($"query \"{name}\" has no value");
            if (!_query.TryAdd(name, value))
                throw Invalid($"query \"{name}\" has multiple values");
        }
    }

    private string? Tagged(string? reference)
    {
        string? tag = _query.GetValueOrDefault("tag"), branch = _query.GetValueOrDefault("branch");
        if (tag is not null && branch is not null)
            throw Invalid("branch conflicts with tag");
        return Agree("ref", reference, tag is not null ? Prefixed("refs/tags/", tag) : branch is not null ? Prefixed("refs/heads/", branch) : null);
    }

    private static string Prefixed(string prefix, string name) => name.StartsWith(prefix, StringComparison.Ordinal) ? name : prefix + name;

    private string? Agree(string what, string? said, string? also) => said is null || also is null || said == also
        ? said ?? also
        : throw Invalid($"{what} conflicts: \"{said}\" vs \"{also}\"");

    /// <summary>As Go's strconv.ParseBool; a name alone is true.</summary>
    private bool? Boolean(string name) => !_query.TryGetValue(name, out string? value) ? null : value switch
    {
        "" or "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw Invalid($"invalid {name} value: \"{value}\""),
    };

    private static string HostOf(string remote)
    {
        int scheme = remote.IndexOf("://", StringComparison.Ordinal);
        string authority = scheme < 0 ? remote.Split(':')[0] : remote[(scheme + 3)..].Split('/')[0];
        return authority[(authority.LastIndexOf('@') + 1)..];
    }

    private string Clean(string text) => text.AsSpan().ContainsAny(" \t\r\n\0") || text.StartsWith('-')
        ? throw Invalid("neither a repository nor a reference begins with `-` or holds white space")
        : text;

    private BuildException Invalid(string what) =>
        DiagnosticRules.InvalidGitSource.Error($"{what}, in `{RemoteLocation.Redact(_text)}`", _span);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
