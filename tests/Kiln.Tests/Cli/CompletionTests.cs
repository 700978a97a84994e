// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Cli.Completion;
using Kiln.Cli.Flags;
using Kiln.Cli.Manual;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>What shells and man(1) make of what is written for them.</summary>
public sealed class CompletionTests
{
    private const string Asking = """

        ask() {
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
            _kiln
            echo "${COMPREPLY[*]}"
        }
        while read -r line; do eval "ask $line"; done
        """;

    [Theory]
    [InlineData("kiln bu", "build")]
    [InlineData("kiln build --dest", "--destination")]
    [InlineData("kiln build --compression ''", "gzip none zstd")]
    [InlineData("kiln build --compression = z", "zstd")]
    [InlineData("kiln build --compression=z", "--compression=zstd")]
    [InlineData("kiln build --destination ''", "")]
    [InlineData("kiln build --no-push --tar-p", "--tar-path")]
    [InlineData("kiln build -f /etc/passw", "/etc/passwd", "/etc/passwd-")]
    [InlineData("kiln build --root-dir /et", "/etc")]
    [InlineData("kiln cache pr", "prune")]
    [InlineData("kiln cache prune --keep-", "--keep-days --keep-size")]
    [InlineData("kiln lint --format s", "sarif")]
    [InlineData("kiln plan --format d", "dot")]
    [InlineData("kiln push /etc/passw", "/etc/passwd", "/etc/passwd-")]
    [InlineData("kiln completion z", "zsh")]
    [InlineData("/kaniko/executor --cache-d", "--cache-dir")]
    [InlineData("executor --snapshot-mode r", "redo")]
    [InlineData("warmer -i", "-i")]
    public void Bash_completes_what_can_be_typed(string typed, string completed, string? maybe = null)
    {
        string script = BashCompletion.Write(CommandLines.Root()) + Asking;

        string[] found = Run("bash", ["--norc", "-c", script], typed + "\n").Trim().Split(' ');

        Assert.Equal(completed, string.Join(' ', found.Where(word => word != maybe)));
    }

    [Theory]
    [InlineData("kiln bu", "build")]
    [InlineData("kiln build --compression ", "gzip none zstd")]
    [InlineData("kiln build --dest", "--destination")]
    [InlineData("kiln cache pr", "prune")]
    [InlineData("kiln completion z", "zsh")]
    [InlineData("executor --snapshot-mode r", "redo")]
    public void Fish_completes_what_can_be_typed(string typed, string completed)
    {
        string script = $"{FishCompletion.Write(CommandLines.Root())}\ncomplete -C '{typed}'";

        string[] found = Run("fish", ["--no-config", "-c", script], "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(completed, string.Join(' ', found.Select(line => line.Split('\t')[0])));
    }

    [Fact]
    public void Zsh_reads_the_script() => Assert.Equal("", Run("zsh", ["-f", "-n"], ZshCompletion.Write(CommandLines.Root())));

    [Fact]
    public void The_manual_page_is_set_without_a_warning()
    {
        string page = ManualPage.Write(CommandLines.Root());

        string shown = Run("groff", ["-man", "-ww", "-Tascii", "-P-cbou"], page);

        Assert.All(BuildFlags.All, flag => Assert.Contains($"--{flag.Name}", shown, StringComparison.Ordinal));
        Assert.Contains("cache prune", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_is_told_in_the_help_of_its_flag() =>
        Assert.All(BuildFlags.All.Concat(LintFlags.All).Concat(PlanFlags.Plan).Where(flag => flag is not ChoiceFlag), flag =>
            Assert.All(flag.Choices, choice => Assert.Contains($"`{choice}`", flag.Help, StringComparison.Ordinal)));

    /// <summary>What a program prints that is given a text; it may complain of nothing.</summary>
    private static string Run(string program, IReadOnlyList<string> arguments, string input)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program))), $"{program} is not installed");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal("", error.Result);
        return output.Result;
    }
}
