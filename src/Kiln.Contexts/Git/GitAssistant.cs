// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Kiln.Contexts.Git;

/// <summary>
/// What git would have the shell do, done by this program: it tells the password for one server, and starts ssh with Kiln's options. Git starts it by the names of two links,
/// and a context can be fetched where there is no shell.
/// </summary>
public static class GitAssistant
{
    private const string AskName = "kiln-git-ask";
    private const string SshName = "kiln-git-ssh";
    private const string ServerVariable = "KILN_GIT_SERVER";
    private const string UserVariable = "KILN_GIT_USER";
    private const string PasswordVariable = "KILN_GIT_PASSWORD";
    private const string SshOptionsVariable = "KILN_GIT_SSH_OPTIONS";

    /// <summary>Whether this process is the assistant.</summary>
    /// <param name="name">What it was called by, without a directory.</param>
    public static bool IsCalled(string name) => name is AskName or SshName;

    /// <summary>Answers, or runs ssh to its end.</summary>
    /// <param name="name">What it was called by.</param>
    /// <param name="arguments">Git's question; or ssh's arguments.</param>
    /// <param name="environment">What <see cref="GitProgram"/> gave to git.</param>
    /// <param name="answer">Git reads it.</param>
    /// <returns>The exit status.</returns>
    public static int Run(string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, TextWriter answer) => name == SshName
        ? RunSsh(arguments, environment)
        : Answer(arguments.Count == 1 ? arguments[0] : "", environment, answer);

    /// <summary>Makes the links in a directory.</summary>
    internal static void Link(string directory, string program)
    {
        foreach (string name in new[] { AskName, SshName })
            File.CreateSymbolicLink(Path.Combine(directory, name), program);
    }

    /// <summary>What git needs in its environment to find the links in that directory, and they to know the answers.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Describe(string directory, GitCredential? credential, IEnumerable<string> sshOptions)
    {
        yield return new("GIT_SSH", Path.Combine(directory, SshName));
        yield return new("GIT_SSH_VARIANT", "ssh");
        yield return new(SshOptionsVariable, string.Join('\n', sshOptions));
        if (credential is null)
            yield break;
        yield return new("GIT_ASKPASS", Path.Combine(directory, AskName));
        yield return new(ServerVariable, credential.Server);
        yield return new(UserVariable, credential.User);
        yield return new(PasswordVariable, credential.Password);
        // A setting of the environment is in no command line. With the user known, git asks one question instead of two.
        yield return new("GIT_CONFIG_COUNT", "1");
        yield return new("GIT_CONFIG_KEY_0", $"credential.{credential.Server}.username");
        yield return new("GIT_CONFIG_VALUE_0", credential.User);
    }

    /// <summary>`Password for 'https://user@host': ` of git, and of Git LFS with other quotes: the answer is for one server, whoever else wants one.</summary>
    private static int Answer(string question, IReadOnlyDictionary<string, string> environment, TextWriter answer)
    {
        string[] parts = question.Split('\'', '"');
        if (parts.Length != 3 || !Uri.TryCreate(parts[1], UriKind.Absolute, out Uri? url)
            || url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) != environment.GetValueOrDefault(ServerVariable))
            return 1;
        string variable = parts[0].StartsWith("Username", StringComparison.Ordinal) ? UserVariable : PasswordVariable;
        answer.WriteLine(environment.GetValueOrDefault(variable, ""));
        return 0;
    }

    private static int RunSsh(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        string[] options = environment.GetValueOrDefault(SshOptionsVariable, "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using Process ssh = Process.Start(new ProcessStartInfo("ssh", [.. options, .. arguments]) { UseShellExecute = false })!;
        ssh.WaitForExit();
        return ssh.ExitCode;
    }
}
