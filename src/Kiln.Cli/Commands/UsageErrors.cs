// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using Kiln.Cli.Flags;
using Kiln.Diagnostics;

namespace Kiln.Cli.Commands;

/// <summary>Says what is wrong with a command line in the words of all other errors: one of them, with the flag that was probably meant.</summary>
internal static class UsageErrors
{
    internal static void Check(ParseResult parsed)
    {
        // Where a command takes words, the parser takes flags that it does not know for words too.
        if (parsed.CommandResult.Command is { Name: LintCommand.Name } && WordsOf(parsed).FirstOrDefault(word => word is ['-', _, ..]) is { } unknown)
            throw Unknown(unknown, parsed);
        // Without any word the parser's own help is the better answer.
        if (parsed.Errors.Count == 0 || parsed.Tokens.Count == 0)
            return;
        if (parsed.UnmatchedTokens is [var word, ..])
            throw Unknown(word, parsed);
        if (parsed.Errors.Select(error => error.SymbolResult).OfType<OptionResult>().FirstOrDefault() is { Tokens.Count: 0, Option: var option })
            throw DiagnosticRules.InvalidArgument.Error($"`{option.Name}` needs a value", hint: $"write `{option.Name} {option.HelpName}`");
        throw DiagnosticRules.InvalidArgument.Error(parsed.Errors[0].Message.TrimEnd('.'));
    }

    private static BuildException Unknown(string word, ParseResult parsed)
    {
        bool isFlag = word.StartsWith('-');
        string name = isFlag ? word.Split('=', 2)[0] : word;
        bool isLint = parsed.CommandResult.Command.Name == LintCommand.Name;
        IReadOnlyList<Flag> flags = isLint ? LintFlags.All : BuildFlags.All;
        IEnumerable<string> known = isFlag ? flags.Select(flag => "--" + flag.Name)
            : parsed.RootCommandResult.Command.Subcommands.Select(command => command.Name);
        string? meant = Suggestion.Closest(name, known);
        return DiagnosticRules.InvalidArgument.Error(
            isFlag ? $"there is no flag `{name}`" : $"`{name}` is neither a command nor the value of a flag",
            hint: meant is not null ? $"did you mean `{meant}`?" : isLint ? "`kiln lint --help` lists all flags" : null);
    }

    private static IEnumerable<string> WordsOf(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);
}
