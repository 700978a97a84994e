// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Commands;
using Kiln.Cli.Flags;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>Reads command lines as the program does, without building.</summary>
internal static class CommandLines
{
    public static BuildArguments Read(params string[] words) => Read([], words);

    public static BuildArguments Read(Dictionary<string, string> environment, params string[] words)
    {
        BuildArguments? read = null;
        var root = new RootCommand
        {
            BuildCommand.Create(
                (arguments, _) =>
                {
                    read = arguments;
                    return Task.FromResult(0);
                },
                environment),
        };
        ParseResult parsed = root.Parse(
            FlagOptions.SpellOut(["build", .. words]), new ParserConfiguration { ResponseFileTokenReplacer = null });
        UsageErrors.Check(parsed);
        parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return read!;
    }

    public static Diagnostic Refusal(params string[] words) => Assert.Throws<BuildException>(() => Read(words)).Diagnostic;
}
