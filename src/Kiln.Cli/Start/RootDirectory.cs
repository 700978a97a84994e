// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Cli.Start;

/// <summary>
/// Finds the builder's root directory: `--root-dir` or KILN_ROOT, else KANIKO_DIR, else `/kiln` (the executor image's volume) or `/kaniko` where that is
/// there and can be written to, else the user's data directory, else the temporary directory. What was named must work; what is a default is passed over where it does not.
/// </summary>
internal static class RootDirectory
{
    internal static string Find(string? named, IReadOnlyDictionary<string, string> environment)
    {
        if ((named ?? environment.GetValueOrDefault("KANIKO_DIR")) is { Length: > 0 } path)
            return TryUse(path, out string? error)
                ? Path.GetFullPath(path)
                : throw DiagnosticRules.RootDirectoryUnusable.Error($"the root directory `{path}` cannot be used: {error}");
        foreach (string candidate in Candidates(environment))
            if (TryUse(candidate, out _))
                return candidate;
        throw DiagnosticRules.RootDirectoryUnusable.Error("no directory was found that the builder can write to");
    }

    private static IEnumerable<string> Candidates(IReadOnlyDictionary<string, string> environment)
    {
        foreach (string directory in new[] { "/kiln", "/kaniko" })
            if (Directory.Exists(directory))
                yield return directory;
        if (environment.GetValueOrDefault("XDG_DATA_HOME") is { Length: > 0 } data)
            yield return Path.Combine(data, "kiln");
        else if (environment.GetValueOrDefault("HOME") is { Length: > 0 } home && home != "/")
            yield return Path.Combine(home, ".local", "share", "kiln");
        yield return Path.Combine(environment.GetValueOrDefault("TMPDIR") is { Length: > 0 } temporary ? temporary : "/tmp", $"kiln-{Environment.UserName}");
    }

    internal static bool TryUse(string path, out string? error)
    {
        error = "it is a file";
        if (File.Exists(path))
            return false;
        try
        {
            Directory.CreateDirectory(path);
            string probe = Path.Combine(path, $".probe-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            error = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = e.Message.TrimEnd('.');
            return false;
        }
    }
}
