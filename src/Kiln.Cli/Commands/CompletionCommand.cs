// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Completion;
using Kiln.Cli.Manual;
using Kiln.Diagnostics;

namespace Kiln.Cli.Commands;

/// <summary>`kiln completion SHELL` and `kiln man`: the commands and flags that there are, told to shells and as a manual page.</summary>
internal static class CompletionCommand
{
    internal static Command Create(Func<Command> root)
    {
        var command = new Command("completion", "Write what completes command lines in a shell");
        var shell = new Argument<string>("SHELL") { Description = "`bash`, `zsh` or `fish`" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        command.Add(shell);
        command.SetAction(parsed => Console.Out.Write(parsed.GetRequiredValue(shell) switch
        {
            "bash" => BashCompletion.Write(root()),
            "zsh" => ZshCompletion.Write(root()),
            "fish" => FishCompletion.Write(root()),
            var other => throw DiagnosticRules.InvalidArgument.Error($"`{other}` is no shell that is known here", hint: "use `bash`, `zsh` or `fish`"),
        }));
        return command;
    }

    internal static Command CreateManual(Func<Command> root)
    {
        var command = new Command("man", "Write the manual page, as `kiln man | man -l -` shows it");
        command.SetAction(_ => Console.Out.Write(ManualPage.Write(root())));
        return command;
    }
}
