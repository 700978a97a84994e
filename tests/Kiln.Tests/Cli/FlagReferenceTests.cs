// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Xunit;

namespace Kiln.Tests.Cli;

public sealed class FlagReferenceTests
{
    [Fact]
    public void Every_flag_has_one_row_of_six_cells()
    {
        string page = FlagReference.Write();
        string[] rows = [.. page.Split('\n').Where(line => line.StartsWith("| `--", StringComparison.Ordinal))];

        Assert.All(BuildFlags.All.Concat(LintFlags.All).Concat(TransferFlags.All).Concat(LoginFlags.All).Concat(WarmerFlags.All), flag => Assert.Contains(rows, row => row.StartsWith($"| `--{flag.Name}`", StringComparison.Ordinal)));
        Assert.All(rows, row => Assert.Equal(7, row.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|')));
    }

    [Fact]
    public void Names_and_letters_are_given_once()
    {
        CheckNames(BuildFlags.All);
        CheckNames(LintFlags.All);
        CheckNames(TransferFlags.Push);
        CheckNames(TransferFlags.Pull);
        CheckNames(TransferFlags.Copy);
        CheckNames(TransferFlags.Create);
        CheckNames(TransferFlags.Inspect);
        CheckNames(LoginFlags.Login);
        CheckNames(LoginFlags.Explain);
        CheckNames(WarmerFlags.All);
    }

    [Fact]
    public void Help_is_a_sentence_without_a_period() =>
        Assert.All(BuildFlags.All.Concat(LintFlags.All).Concat(TransferFlags.All).Concat(LoginFlags.All).Concat(WarmerFlags.All), flag => Assert.True(char.IsUpper(flag.Help[0]) && flag.Help[^1] != '.', flag.Name));

    private static void CheckNames(IReadOnlyList<Flag> flags) =>
        Assert.Equal(
            flags.Count + flags.Count(flag => flag.Short is not null),
            flags.SelectMany(flag => new[] { flag.Name, flag.Short?.ToString() }).Where(name => name is not null).Distinct().Count());
}
