// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Ssh;

namespace Kiln.Cli.Start;

/// <summary>
/// Reads `--ssh ID[=SOCKET|KEY[,KEY]...]`: the socket of an agent, or files of private keys. Without any, the agent of SSH_AUTH_SOCK. What cannot
/// be used is refused here, before anything is built.
/// </summary>
internal static class SshArguments
{
    private const string AgentVariable = "SSH_AUTH_SOCK";
    private const long LargestKey = 100 * 1024;

    internal static ImmutableDictionary<string, SshAgent> Read(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var agents = ImmutableDictionary.CreateBuilder<string, SshAgent>();
        foreach (string argument in arguments)
        {
            (string id, string? paths) = argument.Split('=', 2) is [var name, var value] ? (name, value) : (argument, null);
            if (id.Length == 0)
                throw Invalid(argument, "it has no id");
            if (string.IsNullOrEmpty(paths) && !environment.TryGetValue(AgentVariable, out paths))
                throw Invalid(argument, $"the environment has no {AgentVariable}, so there is no agent to forward");
            if (!agents.TryAdd(id, Find(argument, paths!.Split(','))))
                throw DiagnosticRules.InvalidArgument.Error($"the agent `{id}` is given twice");
        }
        return agents.ToImmutable();
    }

    private static SshAgent Find(string argument, string[] paths)
    {
        if (paths.Length == 1 && StatusOf(argument, paths[0]).Type == FileType.Socket)
            return SshAgent.OfSocket(Path.GetFullPath(paths[0]));
        (string, string)[] keys = [.. paths.Select(path => ReadKey(argument, path))];
        try
        {
            return SshAgent.OfKeys(keys);
        }
        catch (InvalidDataException e)
        {
            throw Invalid(argument, e.Message);
        }
    }

    private static FileStatus StatusOf(string argument, string path)
    {
        try
        {
            string full = Path.GetFullPath(path);
            using var directory = DirectoryHandle.Open(Path.GetDirectoryName(full) ?? "/");
            string real = directory.FindStatus(Encoding.UTF8.GetBytes(Path.GetFileName(full)))?.Type == FileType.SymbolicLink
                ? File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName
                : full;
            using var parent = DirectoryHandle.Open(Path.GetDirectoryName(real) ?? "/");
            return parent.FindStatus(Encoding.UTF8.GetBytes(Path.GetFileName(real))) ?? throw Invalid(argument, $"there is no file `{path}`");
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            throw Invalid(argument, $"`{path}` cannot be opened: {e.Message}");
        }
    }

    private static (string Comment, string Text) ReadKey(string argument, string path)
    {
        FileStatus status = StatusOf(argument, path);
        if (status.Type == FileType.Socket)
            throw Invalid(argument, "only one socket can be given");
        if (status.Type != FileType.File || status.Size > LargestKey)
            throw Invalid(argument, $"`{path}` is neither a socket nor a key");
        try
        {
            return (Path.GetFileName(path), File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(argument, $"`{path}` cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private static BuildException Invalid(string argument, string why) => DiagnosticRules.InvalidArgument.Error(
        $"`--ssh {argument}` cannot be used: {why}", hint: "write `--ssh default`, `--ssh ID=SOCKET` or `--ssh ID=KEYFILE`");
}
