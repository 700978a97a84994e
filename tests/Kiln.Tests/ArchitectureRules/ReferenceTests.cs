// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Cli.Manual;
using Kiln.Tests.Cli;
using Xunit;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>The pages that are made from tables in the code. `KILN_UPDATE_GOLDEN=1` writes them anew.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void The_page_of_the_flags_is_what_their_table_makes() => Check("docs/reference/flags.md", FlagReference.Write());

    [Fact]
    public void The_page_for_those_who_come_from_kaniko_is_what_the_same_table_makes() => Check("COMPAT.md", CompatReference.Write());

    [Fact]
    public void The_manual_page_is_what_the_commands_make() => Check("docs/man/kiln.1", ManualPage.Write(CommandLines.Root()));

    [Fact]
    public void The_page_of_the_errors_is_what_their_table_makes() => Check("docs/reference/diagnostics.md", DiagnosticReference.Write());

    [Fact]
    public void The_page_of_the_build_checks_is_what_their_table_makes() => Check("docs/reference/checks.md", CheckReference.Write());

    [Fact]
    public void The_page_of_the_supervised_rungs_calls_is_what_its_filter_makes() => Check("docs/reference/supervisor.md", SupervisorReference.Write());

    private static void Check(string path, string made)
    {
        if (Environment.GetEnvironmentVariable("KILN_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Checkout.Full(path))!);
            File.WriteAllText(Checkout.Full(path), made);
        }

        Assert.Equal(made, File.Exists(Checkout.Full(path)) ? Checkout.Read(path) : "");
    }
}
