// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln doctor`: which isolation there is here for `RUN`, why not a better one, and what would change that.</summary>
internal static class DoctorCommand
{
    private static readonly IReadOnlyList<Flag> Flags = [.. BuildFlags.All.Where(flag => flag.Name == "root-dir")];

    internal static Command Create(Func<BuildArguments, CancellationToken, Task<int>> examine, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command("doctor", "Show how `RUN` can be isolated here, and what stands in the way of better");
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, Flags, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return examine(arguments, cancellationToken);
        });
        return command;
    }
}
