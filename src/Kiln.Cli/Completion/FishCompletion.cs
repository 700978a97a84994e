// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;

namespace Kiln.Cli.Completion;

/// <summary>Completion for fish.</summary>
internal static class FishCompletion
{
    internal static string Write(Command root)
    {
        var script = new StringBuilder("""
            # Completion of kiln for fish. To use it: kiln completion fish > ~/.config/fish/completions/kiln.fish
            complete -c kiln -f

            """);
        foreach (CommandWords command in CommandWords.Of(root))
        {
            string[] path = command.Path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string here = string.Join("; and ", path.Select(word => $"__fish_seen_subcommand_from {word}"));
            if (command.Commands.Count > 0)
            {
                string names = string.Join(' ', command.Commands.Select(below => below.Name));
                string condition = $"{(here.Length > 0 ? here + "; and " : "")}not __fish_seen_subcommand_from {names}";
                foreach (Command below in command.Commands)
                    script.Append($"complete -c kiln -n {Quote(condition)} -a {below.Name} -d {Quote(CommandWords.Brief(below.Description))}\n");
            }
            if (path.Length == 0)
                here = "__fish_use_subcommand";
            else if (command.Words.Count > 0)
                script.Append($"complete -c kiln -n {Quote(here)} -a {Quote(string.Join(' ', command.Words))}\n");
            else if (command.TakesWords)
                script.Append($"complete -c kiln -n {Quote(here)} -F\n");
            foreach (Option option in command.Options)
                script.Append($"complete -c kiln -n {Quote(here)}{SwitchesOf(option)} -d {Quote(CommandWords.Brief(option.Description))}\n");
            if (path is ["executor" or "warmer"])
                script.Append($"complete -c {path[0]} -f\n").AppendJoin("", command.Options.Select(option => $"complete -c {path[0]}{SwitchesOf(option)} -d {Quote(CommandWords.Brief(option.Description))}\n"));
        }
        script.Append("complete -c kiln -s h -l help -d 'Show help'\n");
        return script.ToString();
    }

    private static string SwitchesOf(Option option)
    {
        string letters = string.Concat(CommandWords.LettersOf(option).Select(letter => $" -s {letter[1]}"));
        string value = CommandWords.KindOf(option) switch
        {
            ValueKind.None => "",
            ValueKind.Choice => $" -x -a {Quote(string.Join(' ', CommandWords.ChoicesOf(option)))}",
            ValueKind.File => " -r -F",
            ValueKind.Directory => " -x -a '(__fish_complete_directories)'",
            _ => " -x",
        };
        return $" -l {option.Name[2..]}{letters}{value}";
    }

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
