// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using Kiln.Diagnostics;

namespace Kiln.Cli.Commands;

/// <summary>Says what is wrong with a command line in the words of all other errors: one of them, with the flag that was probably meant.</summary>
internal static class UsageErrors
{
    internal static void Check(ParseResult parsed)
    {
        // Where a command takes words, the parser takes flags that it does not know for words too.
        if (parsed.CommandResult.Command.Arguments.Count > 0 && WordsOf(parsed).FirstOrDefault(word => word is ['-', _, ..]) is { } unknown)
            throw Unknown(unknown, parsed);
        // Without any word the parser's own help is the better answer.
        if (parsed.Errors.Count == 0 || parsed.Tokens.Count == 0)
            return;
        if (parsed.UnmatchedTokens is [var word, ..])
            throw Unknown(word, parsed);
        if (parsed.Errors.Select(error => error.SymbolResult).OfType<OptionResult>().FirstOrDefault() is { Tokens.Count: 0, Option: var option })
            throw DiagnosticRules.InvalidArgument.Error($"`{option.Name}` needs a value", hint: $"write `{option.Name} {option.HelpName}`");
        if (parsed.Errors.Select(error => error.SymbolResult).OfType<ArgumentResult>().FirstOrDefault() is { Argument: var argument })
            throw DiagnosticRules.InvalidArgument.Error($"`{PathOf(parsed)}` needs {argument.Name}", hint: InText(argument.Description ?? ""));
        if (parsed.CommandResult.Command.Subcommands is { Count: > 0 } commands)
            throw DiagnosticRules.InvalidArgument.Error(
                $"`{PathOf(parsed)}` needs a command", hint: $"write `{string.Join("` or `", commands.Select(command => $"{PathOf(parsed)} {command.Name}"))}`");
        throw DiagnosticRules.InvalidArgument.Error(parsed.Errors[0].Message.TrimEnd('.'));
    }

    private static BuildException Unknown(string word, ParseResult parsed)
    {
        bool isFlag = word.StartsWith('-');
        string name = isFlag ? word.Split('=', 2)[0] : word;
        Command command = parsed.CommandResult.Command;
        IEnumerable<string> known = isFlag ? command.Options.Select(option => option.Name).Where(option => option.StartsWith("--", StringComparison.Ordinal))
            : command.Subcommands.Concat(parsed.RootCommandResult.Command.Subcommands).Select(other => other.Name);
        string? meant = Suggestion.Closest(name, known);
        return DiagnosticRules.InvalidArgument.Error(
            isFlag ? $"there is no flag `{name}`" : command.Arguments.Count > 0 ? $"`{name}` is a word too many" : $"`{name}` is neither a command nor the value of a flag",
            hint: meant is not null ? $"did you mean `{meant}`?" : command.Arguments.Count > 0 ? $"`{PathOf(parsed)} --help` {(isFlag ? "lists all flags" : "says what it takes")}" : null);
    }

    /// <summary>A help's sentence as a hint.</summary>
    private static string InText(string sentence) => sentence is [var first, ..] ? char.ToLowerInvariant(first) + sentence[1..] : sentence;

    /// <summary>`kiln manifest create`: the command with those above it.</summary>
    private static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Parent: not null } result; at = result.Parent)
            names.Insert(0, result.Command.Name);
        return string.Join(' ', names.Prepend("kiln"));
    }

    private static IEnumerable<string> WordsOf(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);
}
