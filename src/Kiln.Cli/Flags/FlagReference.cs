// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Cli.Flags;

/// <summary>The reference page of the flags, made from their table.</summary>
internal static class FlagReference
{
    internal static string Write()
    {
        var page = new StringBuilder("""
            # Flags of `kiln build`

            Made from the table in `src/Kiln.Cli/Flags/BuildFlags.cs`; a test fails when this page is stale.

            | flag | value | default | environment | kaniko | |
            |---|---|---|---|---|---|

            """);
        AppendRows(page, BuildFlags.All);
        page.Append("""

            ## `kiln lint`

            Made from `src/Kiln.Cli/Flags/LintFlags.cs`. kaniko has no such command.

            | flag | value | default | environment | kaniko | |
            |---|---|---|---|---|---|

            """);
        AppendRows(page, LintFlags.All);
        return page.ToString();
    }

    private static void AppendRows(StringBuilder page, IEnumerable<Flag> flags)
    {
        foreach (Flag flag in flags)
        {
            string name = flag.Short is { } letter ? $"`--{flag.Name}`, `-{letter}`" : $"`--{flag.Name}`";
            string many = flag is ListFlag ? " (repeatable)" : "";
            page.Append($"| {name} | {(flag.ValueName is { } value ? $"`{value.Replace("|", "\\|")}`{many}" : "")} | {Code(flag.Default)} | {Code(flag.Variable)} ")
                .Append($"| {Parity(flag.Kaniko)} | {flag.Help} |\n");
        }
    }

    private static string Code(string? text) => text is null ? "" : $"`{text}`";

    private static string Parity(KanikoParity parity) => parity switch
    {
        KanikoParity.Same => "same",
        KanikoParity.Differs => "differs",
        KanikoParity.Own => "Kiln's own",
        KanikoParity.AcceptedWithoutEffect => "accepted, without effect",
    };
}
