// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;
using Kiln.Cli.Completion;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Manual;

/// <summary>The manual page kiln(1), in the man macros (groff_man(7)), made of the commands and their flags. A flag that means what it means in a build is only named.</summary>
internal static class ManualPage
{
    internal static string Write(Command root)
    {
        IReadOnlyList<CommandWords> all = CommandWords.Of(root);
        CommandWords build = all.Single(command => command.Path == "build");
        var page = new StringBuilder();
        page.Append(".\\\" Made of the table of the flags; a test fails when this page is stale.\n");
        page.Append(".TH KILN 1 \"\" kiln \"User Commands\"\n.SH NAME\nkiln \\- build container images from Dockerfiles, without daemon and privilege\n.SH SYNOPSIS\n.B kiln\n.I command\n.RI [ flag ...]\n");
        page.Append(".SH DESCRIPTION\n").Append(Text(
            "`kiln build` builds the image of a Dockerfile and pushes it, or writes it to disk. It needs no daemon, no root and no privileged container. Called as `executor` or `warmer`, or with these as its command, it takes the command lines of kaniko's programs of these names.")).Append('\n');
        page.Append(".SH COMMANDS\n");
        foreach (CommandWords command in all.Where(command => command.Path.Length > 0 && command.Commands.Count == 0))
            page.Append(".TP\n").Append($".B kiln {Escape(command.Path)}\n").Append(Text(command.Description)).Append('\n');
        page.Append(".SH FLAGS\n").Append(Text("Flags are written `--flag=VALUE` or `--flag VALUE`, letters `-f VALUE`, `-fVALUE` or `-f=VALUE`. A switch alone is true, and takes a value only as `--flag=false`. `--help` of a command lists its flags.")).Append('\n');
        AppendFlags(page, build, build.Options);
        foreach (CommandWords command in all.Where(command => command.Path.Length > 0 && command.Path is not ("build" or "executor") && command.Options.Count > 0))
        {
            List<Option> own = [.. command.Options.Where(option => build.Options.FirstOrDefault(known => known.Name == option.Name)?.Description != option.Description)];
            AppendFlags(page, command, own);
            string[] shared = [.. command.Options.Except(own).Select(option => $"`{option.Name}`")];
            if (shared.Length > 0)
                page.Append(own.Count > 0 ? ".PP\n" : "").Append(Text($"{(shared.Length == build.Options.Count ? "All flags" : string.Join(", ", shared))} as in a build.")).Append('\n');
        }
        page.Append(".SH ENVIRONMENT\n");
        foreach (Flag flag in BuildFlags.All.Where(flag => flag.Variable is not null))
            page.Append($".TP\n.B {Escape(flag.Variable!)}\n").Append(Text(flag is ListFlag ? $"One more value of `--{flag.Name}`." : $"What `--{flag.Name}` says, where it is not given.")).Append('\n');
        page.Append(".TP\n.B SOURCE_DATE_EPOCH\n").Append(Text("The time, in seconds since 1970, of what a build makes.")).Append('\n');
        page.Append(".TP\n.B NO_COLOR\n").Append(Text("Nothing is in colour.")).Append('\n');
        page.Append(".SH EXIT STATUS\n");
        foreach ((string status, string meaning) in ((string, string)[])
            [
                ("0", "All was done."),
                ("1", "Something was wrong; one error says what, where and what to do about it."),
                ("124", "A `RUN` took longer than `--run-timeout`."),
                ("other", "That of the `RUN` that failed; 128 and the number of the signal that ended it, or 255 as `executor`."),
            ])
            page.Append($".TP\n.B {status}\n").Append(Text(meaning)).Append('\n');
        page.Append(".SH EXAMPLES\n.EX\n");
        foreach (string example in (string[])
            [
                "kiln build --context dir://. --destination registry.example.org/app:1",
                "kiln build --context dir://. --output out",
                "kiln build --context dir://. --output type=docker,dest=-,name=app:1 | docker load",
                "kiln plan --context dir://.",
            ])
            page.Append(Escape(example)).Append('\n');
        page.Append(".EE\n");
        return page.ToString();
    }

    private static void AppendFlags(StringBuilder page, CommandWords command, IEnumerable<Option> options)
    {
        page.Append($".SS kiln {Escape(command.Path)}\n");
        foreach (Option option in options)
        {
            string letters = string.Concat(CommandWords.LettersOf(option).Select(alias => $"\\fB{Escape(alias)}\\fR, "));
            string value = option.HelpName is { } name ? $" \\fI{Escape(name)}\\fR" : "";
            page.Append($".TP\n{letters}\\fB{Escape(option.Name)}\\fR{value}\n").Append(Text(option.Description ?? "")).Append('\n');
        }
    }

    /// <summary>What is typed, which stands in backticks, is bold. No line may begin with what begins a request.</summary>
    private static string Text(string text)
    {
        var roff = new StringBuilder();
        string[] parts = text.Split('`');
        for (int i = 0; i < parts.Length; i++)
            roff.Append(i % 2 == 0 ? Escape(parts[i]) : $"\\fB{Escape(parts[i])}\\fR");
        return roff.ToString() is ['.' or '\'', ..] line ? "\\&" + line : roff.ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("'", "\\(aq", StringComparison.Ordinal);
}
