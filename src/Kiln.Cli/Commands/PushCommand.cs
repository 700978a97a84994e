// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln push SOURCE DEST...`</summary>
internal static class PushCommand
{
    internal static Command Create(
        Func<BuildArguments, string, IReadOnlyList<string>, CancellationToken, Task<int>> push, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command("push", "Push an image from an OCI layout or an archive of `docker save` to registries");
        var source = new Argument<string>("SOURCE")
        {
            Description = "The directory of a layout or the file of an archive; of several images in it one, as `PATH:TAG` or `PATH@DIGEST`",
        };
        var destinations = new Argument<string[]>("DEST") { Arity = ArgumentArity.ZeroOrMore, Description = "References to push to: `host/repository[:tag]`" };
        command.Add(source);
        command.Add(destinations);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, TransferFlags.Push, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return push(arguments, parsed.GetRequiredValue(source), [.. parsed.GetValue(destinations) ?? [], .. arguments.Destinations], cancellationToken);
        });
        return command;
    }
}
