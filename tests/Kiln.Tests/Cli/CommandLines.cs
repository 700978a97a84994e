// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Commands;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>Reads command lines as the program does, without building.</summary>
internal static class CommandLines
{
    public static BuildArguments Read(params string[] words) => Read([], words);

    public static BuildArguments Read(Dictionary<string, string> environment, params string[] words) => Read(environment, BuildCommand.Create, words);

    public static BuildArguments ReadWarmer(params string[] words) => Read([], WarmerCommand.Create, words);

    private static BuildArguments Read(
        Dictionary<string, string> environment, Func<Func<BuildArguments, CancellationToken, Task<int>>, IReadOnlyDictionary<string, string>, Command> create, string[] words)
    {
        BuildArguments? read = null;
        Command command = create(
            (arguments, _) =>
            {
                read = arguments;
                return Task.FromResult(0);
            },
            environment);
        var root = new RootCommand { command };
        ParseResult parsed = root.Parse(
            FlagOptions.SpellOut([command.Name, .. words]), new ParserConfiguration { ResponseFileTokenReplacer = null });
        UsageErrors.Check(parsed);
        parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return read!;
    }

    /// <summary>All commands, none of which can be carried out.</summary>
    public static Command Root()
    {
        var surface = Surface.OfThisProcess(new Dictionary<string, string>());
        return Application.CreateRoot([], [], new Display(surface, TimeProvider.System), surface);
    }

    public static Diagnostic Refusal(params string[] words) => Assert.Throws<BuildException>(() => Read(words)).Diagnostic;
}
