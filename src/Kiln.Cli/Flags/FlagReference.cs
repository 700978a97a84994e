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
        page.Append("""

            ## `kiln plan` and `kiln cache explain`

            Made from `src/Kiln.Cli/Flags/PlanFlags.cs`; what they say is told in [Parallel stages and plans](../guide/plans.md). kaniko has no such commands. They take
            [a build's flags](#flags-of-kiln-build), and `kiln plan` one of its own.

            | flag | value | default | environment | kaniko | |
            |---|---|---|---|---|---|

            """);
        AppendRows(page, PlanFlags.Plan.Except(BuildFlags.All));
        page.Append("""

            ## `kiln push`, `pull`, `copy` and `manifest`

            Made from `src/Kiln.Cli/Flags/TransferFlags.cs`; what the commands do is told in [Moving images](../guide/moving-images.md). kaniko has `push` alone. The flags that
            [a build](#flags-of-kiln-build) has too, as those for registries, are above.

            """);
        AppendOwn(page, "kiln push SOURCE DEST...", TransferFlags.Push);
        AppendOwn(page, "kiln pull REF TARGET", TransferFlags.Pull);
        AppendOwn(page, "kiln copy SRC DEST...", TransferFlags.Copy);
        AppendOwn(page, "kiln manifest create DEST REF[=PLATFORM]...", TransferFlags.Create);
        AppendOwn(page, "kiln manifest inspect REF", TransferFlags.Inspect);
        page.Append("""

            ## `kiln login`, `logout` and `auth explain`

            Made from `src/Kiln.Cli/Flags/LoginFlags.cs`; what they do is told in [Registries](../guide/registries.md). kaniko has `login` alone. `kiln logout [HOST]` has no flags.

            """);
        AppendOwn(page, "kiln login [HOST]", LoginFlags.Login);
        AppendOwn(page, "kiln auth explain HOST[/REPOSITORY]", LoginFlags.Explain);
        page.Append("""

            ## `kiln warmer`

            Made from `src/Kiln.Cli/Flags/WarmerFlags.cs`; what it does is told in [Caching](../guide/caching.md#base-images). It is kaniko's program of that name.

            """);
        AppendOwn(page, "kiln warmer", WarmerFlags.All);
        page.Append("""

            ## `kiln cache`

            Made from `src/Kiln.Cli/Flags/CacheFlags.cs`; what the commands do is told in [Caching](../guide/caching.md). kaniko has no such command.

            """);
        AppendOwn(page, "kiln cache ls", CacheFlags.Show);
        AppendOwn(page, "kiln cache du", CacheFlags.Show);
        AppendOwn(page, "kiln cache prune", CacheFlags.Prune);
        AppendOwn(page, "kiln cache verify", CacheFlags.Verify);
        return page.ToString();
    }

    /// <summary>What a command has of its own; what means the same as in a build is only named.</summary>
    private static void AppendOwn(StringBuilder page, string usage, IReadOnlyList<Flag> flags)
    {
        List<Flag> own = [.. flags.Where(flag => BuildFlags.All.FirstOrDefault(known => known.Name == flag.Name)?.Help != flag.Help)];
        IEnumerable<string> shared = flags.Except(own).Select(flag => $"`--{flag.Name}`");
        page.Append($"\n### `{usage}`\n");
        if (own.Count > 0)
        {
            page.Append("\n| flag | value | default | environment | kaniko | |\n|---|---|---|---|---|---|\n");
            AppendRows(page, own);
        }
        page.Append($"\nAs in a build: {string.Join(", ", shared)}.\n");
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
