// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;

namespace Kiln.Cli.Completion;

/// <summary>Completion for zsh, by its own `_arguments`.</summary>
internal static class ZshCompletion
{
    internal static string Write(Command root)
    {
        var script = new StringBuilder("""
            #compdef kiln executor warmer
            # Completion of kiln for zsh. To use it: kiln completion zsh > a directory of $fpath/_kiln, or source <(kiln completion zsh)
            _kiln() {
                local curcontext=$curcontext state line ret=1
                case $service in
                    executor|warmer) _kiln_$service; return ;;
                esac
                _kiln_
            }

            """);
        foreach (CommandWords command in CommandWords.Of(root))
            Append(script, command);
        script.Append("""
            if [ "$funcstack[1]" = _kiln ]; then
                _kiln "$@"
            else
                compdef _kiln kiln executor warmer
            fi

            """);
        return script.ToString();
    }

    private static void Append(StringBuilder script, CommandWords command)
    {
        script.Append($"{FunctionOf(command.Path)}() {{\n    _arguments -s -S -C");
        foreach (Option option in command.Options)
            script.Append($" \\\n        {SpecificationOf(option)}");
        script.Append(" \\\n        '(- *)'{-h,--help}'[Show help]'");
        if (command.Commands.Count == 0)
        {
            script.Append(command.Words.Count > 0 ? $" \\\n        '1:word:({string.Join(' ', command.Words)})'\n}}\n" : command.TakesWords ? " \\\n        '*:word:_files'\n}\n" : "\n}\n");
            return;
        }
        script.Append(" \\\n        '1:command:->command' '*::words:->words' && ret=0\n    case $state in\n        command) local -a commands=(\n");
        foreach (Command below in command.Commands)
            script.Append($"            {Quote($"{below.Name}:{CommandWords.Brief(below.Description)}")}\n");
        script.Append("            )\n            _describe -t commands command commands && ret=0 ;;\n        words) case $line[1] in\n");
        foreach (Command below in command.Commands)
            script.Append($"            {below.Name}) {FunctionOf($"{command.Path} {below.Name}".Trim())} && ret=0 ;;\n");
        script.Append("            esac ;;\n    esac\n    return ret\n}\n");
    }

    private static string FunctionOf(string path) => "_kiln_" + path.Replace(' ', '_');

    private static string SpecificationOf(Option option)
    {
        string text = $"[{Escape(CommandWords.Brief(option.Description))}]";
        string value = CommandWords.KindOf(option) switch
        {
            ValueKind.None => "",
            ValueKind.Choice => $":value:({string.Join(' ', CommandWords.ChoicesOf(option))})",
            ValueKind.File => ":file:_files",
            ValueKind.Directory => ":directory:_files -/",
            _ => $":{Escape(option.HelpName!)}: ",
        };
        string equals = value.Length > 0 ? "=" : "";
        return string.Join(' ', [Quote($"*{option.Name}{equals}{text}{value}"), .. CommandWords.LettersOf(option).Select(letter => Quote($"*{letter}{(equals.Length > 0 ? "+" : "")}{text}{value}"))]);
    }

    private static string Escape(string text) => text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
