// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln lint`, with the options of <see cref="LintFlags"/> and any number of Dockerfiles.</summary>
internal static class LintCommand
{
    internal const string Name = "lint";

    internal static Command Create(Func<BuildArguments, IReadOnlyList<string>, int> lint, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command(Name, "Check Dockerfiles against Docker's build checks, without network and without building");
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Dockerfiles to check; without one, that of `--dockerfile`",
        };
        command.Add(files);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, LintFlags.All, environment);
        command.SetAction(parsed =>
        {
            var arguments = new BuildArguments { Context = "." };
            read(parsed, arguments);
            return lint(arguments, parsed.GetValue(files) ?? []);
        });
        return command;
    }
}
