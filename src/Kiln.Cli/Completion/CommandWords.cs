// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace Kiln.Cli.Completion;

/// <summary>A command as a shell sees it: the words that lead to it, and what can be written behind them. Made of the commands that the parser has.</summary>
/// <param name="Path">The words behind the program's name; empty for the program itself.</param>
/// <param name="Description">What it does.</param>
/// <param name="Commands">Its commands, by name.</param>
/// <param name="Options">Its flags, but for `--help`, which all have.</param>
/// <param name="TakesWords">Whether it takes words that are neither: paths, mostly.</param>
/// <param name="Words">Those words, where they are few.</param>
internal sealed record CommandWords(string Path, string Description, IReadOnlyList<Command> Commands, IReadOnlyList<Option> Options, bool TakesWords, IReadOnlyList<string> Words)
{
    /// <summary>The program and all its commands, each before its own.</summary>
    internal static IReadOnlyList<CommandWords> Of(Command root) => [.. Flatten(root, "")];

    /// <summary>What a flag's value is; null for a switch.</summary>
    internal static ValueKind KindOf(Option option) =>
        option.HelpName is not { } name ? ValueKind.None
        : ChoicesOf(option).Count > 0 ? ValueKind.Choice
        : name is "DIRECTORY" ? ValueKind.Directory
        : name.Contains("FILE", StringComparison.Ordinal) || name.Contains("PATH", StringComparison.Ordinal) || name.Contains("DIRECTORY", StringComparison.Ordinal) || name is "PLACE" ? ValueKind.File
        : ValueKind.Text;

    /// <summary>A flag's letters, each with its dash.</summary>
    internal static IEnumerable<string> LettersOf(Option option) => option.Aliases.Where(alias => alias is ['-', not '-']);

    internal static IReadOnlyList<string> ChoicesOf(Option option) =>
        option.HelpName is null ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    /// <summary>A help's first clause, which is what fits beside a name.</summary>
    internal static string Brief(string? help)
    {
        string text = help ?? "";
        foreach (string end in (string[])[" [", "; ", " (", ": ", ", as "])
            if (text.IndexOf(end, StringComparison.Ordinal) is > 0 and var length)
                text = text[..length];
        return text;
    }

    private static IEnumerable<CommandWords> Flatten(Command command, string path)
    {
        yield return new CommandWords(path, command.Description ?? "", [.. command.Subcommands], [.. command.Options.Where(option => option is not HelpOption)], command.Arguments.Count > 0, [.. command.Arguments.SelectMany(argument => argument.GetCompletions(CompletionContext.Empty)).Select(item => item.Label)]);
        foreach (Command below in command.Subcommands)
            foreach (CommandWords words in Flatten(below, path.Length == 0 ? below.Name : $"{path} {below.Name}"))
                yield return words;
    }
}
