// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln build`, with the options of <see cref="BuildFlags"/>, and `kiln executor`, which is the same with kaniko's exit statuses.</summary>
internal static class BuildCommand
{
    internal static Command Create(Func<BuildArguments, CancellationToken, Task<int>> build, IReadOnlyDictionary<string, string> environment) =>
        Create("build", "Build an image from a Dockerfile and push it", isExecutor: false, build, environment);

    internal static Command CreateExecutor(Func<BuildArguments, CancellationToken, Task<int>> build, IReadOnlyDictionary<string, string> environment) =>
        Create("executor", "Build as kaniko's executor does: the same, but for the exit status where a signal ended a RUN", isExecutor: true, build, environment);

    private static Command Create(
        string name, string description, bool isExecutor, Func<BuildArguments, CancellationToken, Task<int>> build, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command(name, description);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, BuildFlags.All, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments { IsExecutor = isExecutor };
            read(parsed, arguments);
            return build(arguments, cancellationToken);
        });
        return command;
    }
}
