// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln warmer`, kaniko's program of that name.</summary>
internal static class WarmerCommand
{
    internal const string Name = "warmer";

    internal static Command Create(Func<BuildArguments, CancellationToken, Task<int>> warm, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command(Name, "Put base images into a cache directory, for builds that read them there");
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, WarmerFlags.All, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            // None unless it is named.
            var arguments = new BuildArguments { Dockerfile = "" };
            read(parsed, arguments);
            return warm(arguments, cancellationToken);
        });
        return command;
    }
}
