// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln plan` and `kiln cache explain`, with a build's flags: what it would do, and why it would not find what it does not find.</summary>
internal static class PlanCommand
{
    internal static Command Create(Func<BuildArguments, CancellationToken, Task<int>> plan, IReadOnlyDictionary<string, string> environment) =>
        Create("plan", "Say what a build would do, without doing it", PlanFlags.Plan, plan, environment);

    internal static Command CreateExplain(Func<BuildArguments, CancellationToken, Task<int>> explain, IReadOnlyDictionary<string, string> environment) =>
        Create("explain", "Say of each step whether a build would find it in a cache, and if not, what differs from what is there", PlanFlags.Explain, explain, environment);

    private static Command Create(
        string name, string description, IReadOnlyList<Flag> flags, Func<BuildArguments, CancellationToken, Task<int>> carryOut, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command(name, description);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, flags, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            // Nothing is pushed, so nobody has to say where to.
            var arguments = new BuildArguments { NoPush = true };
            read(parsed, arguments);
            arguments.NoPush = true;
            return carryOut(arguments, cancellationToken);
        });
        return command;
    }
}
