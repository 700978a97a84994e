// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>`kiln copy SRC DEST...`</summary>
internal static class CopyCommand
{
    internal static Command Create(
        Func<BuildArguments, string, IReadOnlyList<string>, CancellationToken, Task<int>> copy, IReadOnlyDictionary<string, string> environment)
    {
        var command = new Command("copy", "Copy an image, or an index with all its images, between registries, layouts and archives");
        var source = new Argument<string>("SRC") { Description = "`[docker://]REF`, `oci:DIRECTORY[:TAG]` or `docker-archive:FILE[:REF]`" };
        var destinations = new Argument<string[]>("DEST") { Arity = ArgumentArity.OneOrMore, Description = "In the same forms, one or more" };
        command.Add(source);
        command.Add(destinations);
        Action<ParseResult, BuildArguments> read = FlagOptions.Add(command, TransferFlags.Copy, environment);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new BuildArguments();
            read(parsed, arguments);
            return copy(arguments, parsed.GetRequiredValue(source), parsed.GetRequiredValue(destinations), cancellationToken);
        });
        return command;
    }
}
