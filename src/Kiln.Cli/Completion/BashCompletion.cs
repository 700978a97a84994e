// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;

namespace Kiln.Cli.Completion;

/// <summary>Completion for bash, from 4.4 on: a function without helpers of other packages, which asks the program nothing.</summary>
internal static class BashCompletion
{
    internal static string Write(Command root)
    {
        var script = new StringBuilder("""
            # Completion of kiln for bash. To use it: source <(kiln completion bash)
            _kiln() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev='' prefix='' path='' kind='' flags='' commands='' choices='' takes=''
                [ "$COMP_CWORD" -gt 0 ] && prev=${COMP_WORDS[COMP_CWORD-1]}
                # `--flag=value` is three words to bash, unless somebody took `=` out of COMP_WORDBREAKS.
                if [ "$cur" = = ]; then
                    cur=''
                elif [ "$prev" = = ]; then
                    prev=${COMP_WORDS[COMP_CWORD-2]}
                elif [[ $cur == --*=* ]]; then
                    prev=${cur%%=*} prefix=$prev= cur=${cur#*=}
                fi
                case ${COMP_WORDS[0]##*/} in
                    executor) path='executor' ;;
                    warmer) path='warmer' ;;
                    *) [ "$COMP_CWORD" -gt 1 ] && path=${COMP_WORDS[1]}
                        case $path in

            """);
        CommandWords[] all = [.. CommandWords.Of(root)];
        foreach (CommandWords group in all.Where(command => command.Path.Length > 0 && command.Commands.Count > 0))
            script.Append($"                {group.Path}) [ \"$COMP_CWORD\" -gt 2 ] && path+=\" ${{COMP_WORDS[2]}}\" ;;\n");
        script.Append("""
                        esac ;;
                esac
                case $path in

            """);
        foreach (CommandWords command in all)
            Append(script, command);
        script.Append("""
                esac
                COMPREPLY=()
                case $kind in
                    choice) mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$choices" -- "$cur") ;;
                    file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -P "$prefix" -f -- "$cur") ;;
                    directory) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -P "$prefix" -d -- "$cur") ;;
                    text) ;;
                    *) if [[ $cur == -* && -z $prefix ]]; then
                            mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
                        elif [ -n "$commands" ]; then
                            mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
                        elif [ -n "$takes" ]; then
                            compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                        fi ;;
                esac
            }
            complete -F _kiln kiln executor warmer

            """);
        return script.ToString();
    }

    private static void Append(StringBuilder script, CommandWords command)
    {
        string flags = string.Join(' ', command.Options.SelectMany(NamesOf).Append("--help"));
        script.Append($"        '{command.Path}')\n            flags='{flags}' commands='{string.Join(' ', command.Commands.Select(below => below.Name).Concat(command.Words))}' takes='{(command.TakesWords ? "words" : "")}'\n");
        script.Append("            case $prev in\n");
        foreach (IGrouping<string, Option> kind in command.Options.GroupBy(Setting).Where(group => group.Key.Length > 0))
            script.Append($"                {string.Join('|', kind.SelectMany(NamesOf))}) {kind.Key} ;;\n");
        script.Append("            esac ;;\n");
    }

    private static IEnumerable<string> NamesOf(Option option) => CommandWords.LettersOf(option).Prepend(option.Name);

    private static string Setting(Option option) => CommandWords.KindOf(option) switch
    {
        ValueKind.None => "",
        ValueKind.Choice => $"kind=choice choices='{string.Join(' ', CommandWords.ChoicesOf(option))}'",
        var kind => $"kind={kind.ToString().ToLowerInvariant()}",
    };
}
