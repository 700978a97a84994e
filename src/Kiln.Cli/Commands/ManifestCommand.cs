// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln manifest create DEST REF...` and `kiln manifest inspect REF`.</summary>
internal static class ManifestCommand
{
    internal static Command Create(
        Func<BuildArguments, string, IReadOnlyList<string>, CancellationToken, Task<int>> create,
        Func<BuildArguments, string, CancellationToken, Task<int>> inspect,
        IReadOnlyDictionary<string, string> environment) => new("manifest", "Make an index of several images, or show a manifest")
    {
        MakeCreate(create, environment),
        MakeInspect(inspect, environment),
    };

    private static Command MakeCreate(
        Func<BuildArguments, string, IReadOnlyList<string>, CancellationToken, Task<int>> create, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command("create", "Make an index of several images, one for each platform, and push it with them");
        var destination = new Argument<string>("DEST") { Description = "`[docker://]REF`, `oci:DIRECTORY[:TAG]` or `docker-archive:FILE[:REF]`" };
        var members = new Argument<string[]>("REF[=PLATFORM]")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Images, in the forms of DEST; of an index all of its images, or that for the platform. `=PLATFORM` says what an image is for, whatever it says itself",
        };
        command.Add(destination);
        command.Add(members);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, TransferFlags.Create, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return create(arguments, parsed.GetRequiredValue(destination), parsed.GetRequiredValue(members), cancellationToken);
        });
        return command;
    }

    private static Command MakeInspect(Func<BuildArguments, string, CancellationToken, Task<int>> inspect, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command("inspect", "Show a manifest or an index, byte for byte as it is");
        var reference = new Argument<string>("REF") { Description = "`[docker://]REF`, `oci:DIRECTORY[:TAG]` or `docker-archive:FILE[:REF]`" };
        command.Add(reference);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, TransferFlags.Inspect, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return inspect(arguments, parsed.GetRequiredValue(reference), cancellationToken);
        });
        return command;
    }
}
