// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Cli.Flags;

/// <summary>The page for those who come from kaniko, made from the table of the flags.</summary>
internal static class CompatReference
{
    /// <summary>The list only shrinks.</summary>
    internal static readonly IReadOnlyList<PendingFlag> Pending =
    [
        new("log-format", IsSwitch: false, "text, in colour where a terminal is"),
        new("log-timestamp", IsSwitch: true, "CI systems put the time before each line"),
    ];

    internal static string Write()
    {
        var page = new StringBuilder("""
            # Coming from kaniko

            Made from the table in `src/Kiln.Cli/Flags/BuildFlags.cs`; a test fails when this page is stale, and another holds every flag of kaniko's executor, v1.24 and the fork's
            v1.28.3, against it.

            Put the program where `/kaniko/executor` was, under that name, and keep the command line. Called as `executor`, or as `kiln executor`, it takes kaniko's words: flags without a
            command build; `login`, `push` and `version` are commands. Old spellings (`--snapshotMode`, `--customPlatform`, `--tarPath`, `--whitelist-var-run`) are understood with a
            warning, empty words are passed over, and a `RUN` that a signal ended ends the program with status 255. A `RUN` that fails ends it with its own status, everything else with 1.

            Called as `warmer`, or as `kiln warmer`, it is kaniko's warmer with all of its flags but `--log-format` and `--log-timestamp`; it takes the images of `COPY --from` and `RUN --mount` too, and `KANIKO_REGISTRY_MIRROR`.
            What it writes has the form of kaniko's.

            ## As in kaniko


            """);
        page.AppendJoin(", ", Of(KanikoParity.Same).Select(flag => $"`--{flag.Name}`")).Append(".\n");
        page.Append("""

            ## Different, and how

            | flag | |
            |---|---|

            """);
        foreach (Flag flag in Of(KanikoParity.Differs))
            page.Append($"| `--{flag.Name}` | {flag.Help} |\n");
        page.Append("""

            ## Accepted without effect, and why

            They steered what Kiln does not have: a file system of the builder's own that is built in, scanned and cleaned up.

            | flag | |
            |---|---|

            """);
        foreach (Flag flag in Of(KanikoParity.AcceptedWithoutEffect))
            page.Append($"| `--{flag.Name}` | {flag.Help} |\n");
        page.Append("""

            The switches `FF_KANIKO_*` are not read: what they correct is right without them.

            ## Refused for now

            | flag | until then |
            |---|---|

            """);
        foreach (PendingFlag flag in Pending)
            page.Append($"| `--{flag.Name}` | {flag.Meanwhile} |\n");
        page.Append("""

            ## Images that come out otherwise

            Kiln builds what Docker builds, and kaniko did not always:

            - `COPY` and `ADD` without `--chown` give files to root, also after `USER`.
            - The group of a `RUN` after `USER 1000` is root's, where `/etc/passwd` has no such user.
            - `--label` goes before a `LABEL` of the same name.
            - Files that a `RUN` writes below a `VOLUME` stay.
            - An instruction that changes the configuration alone makes no layer, with a cache or without.
            - Manifests have the media types of OCI, whatever the base has; `--image-format=docker` gives Docker's.
            - What lies in the builder's container, or is mounted into it, is in no image and in sight of no `RUN`.

            """);
        return page.ToString();
    }

    private static IEnumerable<Flag> Of(KanikoParity parity) => BuildFlags.All.Where(flag => flag.Kaniko == parity).OrderBy(flag => flag.Name, StringComparer.Ordinal);
}
