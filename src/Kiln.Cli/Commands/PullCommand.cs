// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln pull REF TARGET`.</summary>
internal static class PullCommand
{
    internal static Command Create(
        Func<BuildArguments, string, string, CancellationToken, Task<int>> pull, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command("pull", "Pull an image from a registry into an OCI layout or an archive for `docker load`");
        var reference = new Argument<string>("REF") { Description = "The image: `[host/]repository[:tag][@digest]`" };
        var target = new Argument<string>("TARGET")
        {
            Description = "A file that ends in `.tar` becomes an archive; a directory a layout, which keeps the images that it has. `PATH:TAG` gives another name",
        };
        command.Add(reference);
        command.Add(target);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, TransferFlags.Pull, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return pull(arguments, parsed.GetRequiredValue(reference), parsed.GetRequiredValue(target), cancellationToken);
        });
        return command;
    }
}
