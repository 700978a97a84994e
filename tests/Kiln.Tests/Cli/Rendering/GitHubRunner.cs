// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Tests.Cli.Rendering;

/// <summary>What a runner of GitHub Actions makes of a log (actions/runner, ActionCommand and ActionCommandManager): which commands it carries out, and what is between.</summary>
internal sealed class GitHubRunner
{
    private static readonly string[] Known = ["group", "endgroup", "error", "warning", "add-mask", "add-path", "set-env", "stop-commands"];

    private string? _stopped;

    public List<string> Commands { get; } = [];

    /// <summary>Lines that are no commands, each with the number of groups that are open.</summary>
    public List<(int Groups, string Line)> Lines { get; } = [];

    public int Groups { get; private set; }

    public bool IsStopped => _stopped is not null;

    public static GitHubRunner Read(string log)
    {
        var runner = new GitHubRunner();
        foreach (string line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            runner.Take(line);
        return runner;
    }

    private void Take(string line)
    {
        (string? command, string text) = Parse(line);
        if (command is null || (_stopped is not null && command != _stopped) || (_stopped is null && !Known.Contains(command)))
        {
            Lines.Add((Groups, line));
            return;
        }
        if (_stopped is not null)
        {
            _stopped = null;
            return;
        }
        if (command == "stop-commands")
        {
            _stopped = text;
            return;
        }
        Groups += command switch { "group" => 1, "endgroup" => -1, _ => 0 };
        Commands.Add($"{command} {text}".TrimEnd());
    }

    private static (string? Command, string Text) Parse(string line)
    {
        string trimmed = line.TrimStart();
        if (trimmed.StartsWith("::", StringComparison.Ordinal) && trimmed.IndexOf("::", 2, StringComparison.Ordinal) is var end and > 0)
            return (trimmed[2..end].Split(' ')[0], trimmed[(end + 2)..]);
        int start = line.IndexOf("##[", StringComparison.Ordinal);
        return start >= 0 && line.IndexOf(']', start) is var close and > 0 ? (line[(start + 3)..close].Split(' ')[0], line[(close + 1)..]) : (null, "");
    }
}
