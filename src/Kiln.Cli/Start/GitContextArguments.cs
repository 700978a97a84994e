// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Build.Fetching;
using Kiln.Cli.Commands;
using Kiln.Contexts.Git;
using Kiln.Diagnostics;
using Kiln.Planning.Sources;

namespace Kiln.Cli.Start;

/// <summary>
/// A repository as `--context`, as kaniko reads it: `REPOSITORY[#REFERENCE[:DIRECTORY][#COMMIT]]`, where `git://` stands for the protocol that GIT_PULL_METHOD names, and what `--git`
/// says of it.
/// </summary>
internal sealed class GitContextArguments(IReadOnlyDictionary<string, string> environment)
{
    private const string Git = "git://";

    internal GitLocation Read(string text, IReadOnlyList<string> flags)
    {
        Dictionary<string, string> options = ReadFlags(flags);
        string[] parts = text.Split('#');
        if (parts.Length > 3)
            throw Invalid("it has more than a reference and a commit behind `#`", text);
        // No reference of git holds a colon.
        string[] fragment = parts.Length > 1 ? parts[1].Split(':', 2) : [""];
        string? branch = options.GetValueOrDefault("branch");
        string? reference = branch ?? (fragment[0].Length > 0 ? fragment[0] : null);
        string? commit = parts.Length > 2 && parts[2].Length > 0 ? parts[2].ToLowerInvariant() : null;
        if (commit is not null && (commit.Length is < 7 or > 64 || !commit.All(char.IsAsciiHexDigitLower)))
            throw Invalid($"`{commit}` is no commit's hash", text);
        string remote = RemoteOf(parts[0]);
        foreach (string part in new[] { remote, reference ?? "" })
            if (part.StartsWith('-') || part.AsSpan().ContainsAny(" \t\r\n\0"))
                throw Invalid("neither a repository nor a reference begins with `-` or holds white space", text);
        if (HostOf(remote).StartsWith('-'))
            throw Invalid("a host's name does not begin with `-`", text); // To ssh it would be an option.
        return new GitLocation(new GitClone
        {
            Remote = remote,
            Reference = reference,
            IsBranchOrTag = branch is not null,
            Commit = commit,
            Login = FindLogin(),
            Depth = ReadDepth(options.GetValueOrDefault("depth")),
            SingleBranch = ReadSwitch(options, "single-branch"),
            Submodules = ReadSwitch(options, "recurse-submodules"),
            SkipsTlsVerify = ReadSwitch(options, "insecure-skip-tls"),
            KeepsPointers = environment.GetValueOrDefault("GIT_LFS_SKIP_SMUDGE") is { Length: > 0 } skip && GoBoolean.Parse(skip, "the environment variable `GIT_LFS_SKIP_SMUDGE`"),
        })
        {
            Subdirectory = fragment.Length > 1 ? fragment[1] : "",
        };
    }

    private string RemoteOf(string address)
    {
        if (address.StartsWith("github.com/", StringComparison.Ordinal))
            return "https://" + address;
        if (!address.StartsWith(Git, StringComparison.Ordinal))
            return address;
        string method = environment.GetValueOrDefault("GIT_PULL_METHOD") is { Length: > 0 } named ? named : "https";
        return method is "https" or "http" or "git" or "ssh"
            ? $"{method}://{address[Git.Length..]}"
            : throw DiagnosticRules.InvalidArgument.Error($"the environment's GIT_PULL_METHOD is `{method}`", hint: "set it to `https`, `http`, `ssh`, or `git` for git's own protocol");
    }

    private (string User, string Password)? FindLogin() =>
        Find("GIT_TOKEN") is { } token ? (token, "")
        : Find("GIT_USERNAME") is { } user ? (user, Find("GIT_PASSWORD") ?? "")
        : Find("GIT_PASSWORD") is { } password ? ("", password)
        : null;

    private string? Find(string variable) => environment.GetValueOrDefault(variable) is { Length: > 0 } value ? value : null;

    /// <summary>`--git` may be given often, and with several pairs; as with kaniko, an unknown name is passed over.</summary>
    private static Dictionary<string, string> ReadFlags(IReadOnlyList<string> flags)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in flags.SelectMany(flag => flag.Split(',')).Where(pair => pair.Length > 0))
        {
            int equals = pair.IndexOf('=');
            if (equals < 0)
                throw DiagnosticRules.InvalidArgument.Error($"`--git {pair}` is not of the form NAME=VALUE", hint: "use `branch=`, `single-branch=`, `depth=`, `recurse-submodules=` or `insecure-skip-tls=`");
            if (equals < pair.Length - 1)
                options[pair[..equals]] = pair[(equals + 1)..];
        }
        return options;
    }

    private static bool ReadSwitch(Dictionary<string, string> options, string name) =>
        options.TryGetValue(name, out string? value) && GoBoolean.Parse(value, $"`--git {name}`");

    private static int ReadDepth(string? text) =>
        text is null ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int depth) ? depth
        : throw DiagnosticRules.InvalidArgument.Error($"`--git depth={text}` is no number of commits", hint: "0 stands for all");

    private static string HostOf(string remote)
    {
        int scheme = remote.IndexOf("://", StringComparison.Ordinal);
        string authority = scheme < 0 ? remote.Split(':')[0] : remote[(scheme + 3)..].Split('/')[0];
        return authority[(authority.LastIndexOf('@') + 1)..];
    }

    private static BuildException Invalid(string what, string text) => DiagnosticRules.InvalidGitSource.Error($"{what}, in `{RemoteLocation.Redact(text)}`");
}
