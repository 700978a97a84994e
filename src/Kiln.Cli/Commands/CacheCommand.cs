// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;

namespace Kiln.Cli.Commands;

/// <summary>`kiln cache ls`, `du`, `prune` and `verify`; `explain` is a plan's (<see cref="PlanCommand"/>).</summary>
internal static class CacheCommand
{
    internal static Command Create(
        Func<BuildArguments, Func<CacheRun, CancellationToken, Task<int>>, CancellationToken, Task<int>> run, Command explain, IReadOnlyDictionary<string, string> environment) =>
        new("cache", "Look after caches of steps")
        {
            explain,
            Create("ls", "List the entries of caches", CacheFlags.Show, (cache, token) => cache.ListAsync(token), run, environment),
            Create("du", "Say what caches take", CacheFlags.Show, (cache, token) => cache.MeasureAsync(token), run, environment),
            Create("prune", "Remove what nobody can use from caches, and what the flags say", CacheFlags.Prune, (cache, token) => cache.PruneAsync(token), run, environment),
            Create("verify", "Read every layer of caches, and say which entries are not what was kept", CacheFlags.Verify, (cache, token) => cache.VerifyAsync(token), run, environment),
        };

    private static Command Create(
        string name,
        string description,
        IReadOnlyList<Flag> flags,
        Func<CacheRun, CancellationToken, Task<int>> carryOut,
        Func<BuildArguments, Func<CacheRun, CancellationToken, Task<int>>, CancellationToken, Task<int>> run,
        IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command(name, description);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, flags, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return run(arguments, carryOut, cancellationToken);
        });
        return command;
    }
}
