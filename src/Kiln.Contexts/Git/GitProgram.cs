// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Contexts.Git;

/// <summary>
/// Runs git with an environment of its own: no configuration of the user's or the machine's, no hooks, no prompts, no file system but the directory that
/// it works in as a source. Whoever starts it here ends it, with all that it started.
/// </summary>
public sealed class GitProgram(GitOptions options)
{
    /// <summary>No answer that is asked for is longer; a server that goes on is not listened to.</summary>
    private const int LongestOutput = 1 << 20;

    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create(" \t\r\n'\"/");

    private static readonly string[] Keys = ["id_ed25519", "id_ecdsa", "id_rsa"];

    private readonly string? _program = Find(options.SearchPath, "git");

    public bool IsInstalled => _program is not null;

    /// <summary>Whether Git LFS is installed.</summary>
    internal bool HasLargeFiles => Find(options.SearchPath, "git-lfs") is not null;

    /// <summary>Makes of an empty directory one that it can work in.</summary>
    internal void LayOut(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "home"));
        GitAssistant.Link(directory, options.Assistant);
    }

    /// <param name="directory">Where it works, laid out; `home` in it is its empty home.</param>
    /// <param name="credential">For the server that it belongs to; null where there is none.</param>
    /// <param name="arguments">The command. What comes from outside stands behind `--`.</param>
    /// <param name="cancellationToken">Ends git.</param>
    internal async Task<GitResult> RunAsync(
        string directory, GitCredential? credential, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = Start(directory, credential, arguments);
        try
        {
            // Both streams are read at once, or git would wait for ever when one is full.
            Task<string> output = ReadAsync(process.StandardOutput, cancellationToken);
            Task<string> error = ReadAsync(process.StandardError, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new GitResult(process.ExitCode, await output, Redact(await error, credential));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static string? Find(string searchPath, string program) => searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Where(Path.IsPathRooted)
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);

    private Process Start(string directory, GitCredential? credential, IReadOnlyList<string> arguments)
    {
        if (_program is null)
            throw Missing(null);
        var info = new ProcessStartInfo(_program, [.. Settings(), .. arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach ((string name, string value) in Environment(directory, credential))
            info.Environment[name] = value;
        try
        {
            Process process = Process.Start(info)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw Missing(null, e);
        }
    }

    internal static BuildException Missing(SourceSpan? span, Exception? inner = null) =>
        DiagnosticRules.GitMissing.Error("a git repository is needed, but there is no program `git` in PATH", span, "install `git`", inner);

    private IEnumerable<string> Settings()
    {
        string stall = options.StallTimeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        List<string> settings =
        [
            "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.autocrlf=false", "core.symlinks=true",
            "core.protectNTFS=true", "core.protectHFS=true", "core.askPass=", "credential.helper=", "gc.auto=0", "maintenance.auto=false",
            "advice.detachedHead=false", "init.defaultBranch=main", "submodule.recurse=false", "fetch.recurseSubmodules=false",
            "protocol.file.allow=never", "protocol.ext.allow=never", "http.lowSpeedLimit=1", $"http.lowSpeedTime={stall}",
        ];
        return settings.SelectMany(setting => new[] { "-c", setting });
    }

    private IEnumerable<KeyValuePair<string, string>> Environment(string directory, GitCredential? credential)
    {
        foreach (KeyValuePair<string, string> variable in options.Variables)
            yield return variable;
        yield return new("PATH", options.SearchPath);
        yield return new("LC_ALL", "C");
        yield return new("HOME", Path.Combine(directory, "home"));
        yield return new("GIT_CONFIG_NOSYSTEM", "1");
        yield return new("GIT_CONFIG_SYSTEM", "/dev/null");
        yield return new("GIT_CONFIG_GLOBAL", "/dev/null");
        yield return new("GIT_ATTR_NOSYSTEM", "1");
        yield return new("GIT_CEILING_DIRECTORIES", directory);
        yield return new("GIT_TERMINAL_PROMPT", "0");
        yield return new("GIT_ALLOW_PROTOCOL", "http:https:git:ssh");
        yield return new("GIT_PROTOCOL_FROM_USER", "0");
        yield return new("GIT_LFS_SKIP_SMUDGE", "1");
        foreach (KeyValuePair<string, string> variable in GitAssistant.Describe(directory, credential, SshOptions()))
            yield return variable;
    }

    /// <summary>
    /// The user's keys and known hosts, which in a user namespace ssh would not find itself, and none of his configuration. An unknown host is refused.
    /// </summary>
    private IEnumerable<string> SshOptions()
    {
        List<string> settings = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=30", "ServerAliveInterval=20"];
        // Quotes cannot be quoted, and the options are told apart by their lines.
        if (options.SshDirectory is { } directory && directory.AsSpan().IndexOfAny('"', '\n') < 0)
        {
            settings.Add($"UserKnownHostsFile=\"{directory}/known_hosts\"");
            settings.AddRange(Keys.Select(key => $"IdentityFile=\"{directory}/{key}\""));
        }
        return ["-F", "/dev/null", .. settings.SelectMany(setting => new[] { "-o", setting })];
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        char[] buffer = new char[4096];
        for (int read; (read = await reader.ReadAsync(buffer, cancellationToken)) > 0;)
            text.Append(buffer, 0, Math.Min(read, LongestOutput - text.Length));
        return text.ToString();
    }

    /// <summary>Takes the credential out of a text, and whatever stands before an `@` in a URL: submodules have addresses of their own.</summary>
    internal static string Redact(string text, GitCredential? credential)
    {
        if (credential?.Secret is { Length: > 0 } secret)
            text = text.Replace(secret, "...", StringComparison.Ordinal);
        var redacted = new StringBuilder();
        int from = 0;
        for (int at; (at = text.IndexOf("://", from, StringComparison.Ordinal)) >= 0;)
        {
            at += 3;
            redacted.Append(text, from, at - from);
            int end = text.AsSpan(at).IndexOfAny(AuthorityEnds);
            end = end < 0 ? text.Length : at + end;
            int user = text.LastIndexOf('@', end - 1, end - at);
            from = user < 0 ? at : user + 1;
        }
        return redacted.Append(text, from, text.Length - from).ToString();
    }
}
