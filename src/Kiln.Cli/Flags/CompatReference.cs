// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Cli.Flags;

/// <summary>The page for those who come from kaniko, made from the table of the flags.</summary>
internal static class CompatReference
{
    internal static string Write()
    {
        var page = new StringBuilder("""
            # Coming from kaniko

            Made from the table in `src/Kiln.Cli/Flags/BuildFlags.cs`; a test fails when this page is stale, and another holds every flag of kaniko's executor, v1.24 and the fork's
            v1.28.3, against it.

            Put the program where `/kaniko/executor` was, under that name, and keep the command line. Called as `executor`, or as `kiln executor`, it takes kaniko's words: flags without a
            command build; `login`, `push` and `version` are commands. Old spellings (`--snapshotMode`, `--customPlatform`, `--tarPath`, `--whitelist-var-run`) are understood with a
            warning, empty words are passed over, and a `RUN` that a signal ended ends the program with status 255. A `RUN` that fails ends it with its own status, everything else with 1.

            Called as `warmer`, or as `kiln warmer`, it is kaniko's warmer with all of its flags; it takes the images of `COPY --from` and `RUN --mount` too, and `KANIKO_REGISTRY_MIRROR`.
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

            ## Images that come out otherwise

            Kiln builds what Docker builds, and kaniko did not always. `--compat=kaniko`, or KILN_COMPAT in the environment, brings back what somebody may depend on; it is a part of the keys of the steps that it changes, so
            that a cache may have results of both.

            | | Docker, and Kiln | kaniko, and `--compat=kaniko` |
            |---|---|---|
            | owner of what `COPY` and `ADD` take from the context or a URL without `--chown`, after `USER` | root | the user; what comes out of an archive keeps its owner |
            | group of a `RUN` after `USER 1000`, where `/etc/passwd` has no such user | root's | 1000 |
            | group of a `RUN` after `USER name:group` | the one that is named | that of the user's account, or of the number |
            | `--label` and `LABEL` of the same name | the flag's value | the Dockerfile's |
            | media types of manifest, configuration and layers | OCI's, unless `--image-format=docker` | those of the base, and Docker's for `FROM scratch`; with layers of zstd OCI's |

            What it does not bring back, since it loses files, spoils caches or was never meant:

            | | Docker, and Kiln | kaniko |
            |---|---|---|
            | files that a `RUN` writes below a `VOLUME` | stay | are lost, unless a cache had an earlier step |
            | an instruction that changes the configuration alone | no layer, and an entry of the history | with `--cache` an empty layer, without it nothing in the history |
            | times in layers | of modification, in whole seconds | of access and change too, which makes each build's layers new ones |
            | a `COPY` that matches nothing | copies nothing | took the whole file system into the layer |
            | a link that is named as a source | its target is copied | the link is copied |
            | `COPY --chown=name` | the group of the account | the group whose number is the user's |
            | the directories above the destination of a single file | root's, or of `--chown` | of the owner of the file |
            | deleted files of the base with `--use-new-run`, opaque directories, device nodes, attributes of files | kept or removed as the layers say | lost, or back again |
            | `COPY --parents`, `--exclude`, `--link`, `ADD --checksum`, `FROM --platform`, `RUN --network`, mounts of the types tmpfs and ssh and those with `from` | done | taken without effect |
            | `EXPOSE` of ranges, `HEALTHCHECK --start-interval`, `MAINTAINER` | in the configuration | as they are written, or lost |
            | `--reproducible` | the base's layers stay | they are written anew |
            | what lies in the builder's container, or is mounted into it | in no image, and in sight of no `RUN` | in sight of every `RUN` |

            """);
        return page.ToString();
    }

    private static IEnumerable<Flag> Of(KanikoParity parity) => BuildFlags.All.Where(flag => flag.Kaniko == parity).OrderBy(flag => flag.Name, StringComparer.Ordinal);
}
