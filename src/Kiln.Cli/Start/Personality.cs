// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Cli.Start;

/// <summary>
/// Who the program is by the name it was called by: as `executor` and as `warmer` it is kaniko's, whose command lines begin with flags where Kiln's has a command.
/// </summary>
internal static class Personality
{
    // What kaniko's executor has as commands, in Kiln's words.
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["login"] = "login",
        ["push"] = "push",
        ["version"] = "--version",
        ["help"] = "--help",
    };

    /// <summary>The name that this process was called by, without its directory.</summary>
    internal static string ProgramName()
    {
        ReadOnlySpan<byte> words = File.ReadAllBytes("/proc/self/cmdline");
        return Path.GetFileName(Encoding.UTF8.GetString(words.IndexOf((byte)0) is >= 0 and var end ? words[..end] : words));
    }

    /// <summary>The command line as it would be written to `kiln`.</summary>
    internal static string[] Translate(string program, string[] args) => program switch
    {
        "executor" when args is [var first, .. var rest] && Commands.TryGetValue(first, out string? command) => [command, .. rest],
        "executor" => ["executor", .. args],
        "warmer" => ["warmer", .. args],
        _ => args,
    };
}
