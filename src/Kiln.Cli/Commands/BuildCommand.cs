// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln build`, with the options of <see cref="BuildFlags"/>.</summary>
internal static class BuildCommand
{
    internal static Command Create(Func<BuildArguments, CancellationToken, Task<int>> build, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command("build", "Build an image from a Dockerfile and push it");
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, BuildFlags.All, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return build(arguments, cancellationToken);
        });
        return command;
    }
}
