// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Kiln.Dockerfile.Instructions;

/// <summary>The instructions that there are, with the usual form and the flags of each. The page docs/reference/dockerfile.md is held against it.</summary>
internal static class InstructionTable
{
    private static readonly FrozenDictionary<string, (string Form, FlagDefinition[] Flags)> Rows = new Dictionary<string, (string, FlagDefinition[])>
    {
        ["ADD"] = ("ADD SOURCE DESTINATION",
        [
            new("chown"), new("chmod"), new("link", FlagKind.Boolean), new("keep-git-dir", FlagKind.Boolean), new("checksum"),
            new("unpack", FlagKind.Boolean), new("exclude", FlagKind.List),
        ]),
        ["ARG"] = ("ARG NAME=DEFAULT", []),
        ["CMD"] = ("CMD [\"PROGRAM\", \"ARGUMENT\"]", []),
        ["COPY"] = ("COPY SOURCE DESTINATION",
        [
            new("from"), new("chown"), new("chmod"), new("link", FlagKind.Boolean), new("parents", FlagKind.Boolean), new("exclude", FlagKind.List),
        ]),
        ["ENTRYPOINT"] = ("ENTRYPOINT [\"PROGRAM\", \"ARGUMENT\"]", []),
        ["ENV"] = ("ENV NAME=VALUE", []),
        ["EXPOSE"] = ("EXPOSE PORT", []),
        ["FROM"] = ("FROM IMAGE AS NAME", [new("platform")]),
        ["HEALTHCHECK"] = ("HEALTHCHECK CMD COMMAND", [new("interval"), new("timeout"), new("start-period"), new("start-interval"), new("retries")]),
        ["LABEL"] = ("LABEL NAME=VALUE", []),
        ["MAINTAINER"] = ("LABEL org.opencontainers.image.authors=NAME", []),
        ["ONBUILD"] = ("ONBUILD INSTRUCTION", []),
        ["RUN"] = ("RUN COMMAND", [new("mount", FlagKind.List), new("network"), new("security"), new("device", FlagKind.List)]),
        ["SHELL"] = ("SHELL [\"/bin/sh\", \"-c\"]", []),
        ["STOPSIGNAL"] = ("STOPSIGNAL SIGTERM", []),
        ["USER"] = ("USER NAME", []),
        ["VOLUME"] = ("VOLUME DIRECTORY", []),
        ["WORKDIR"] = ("WORKDIR DIRECTORY", []),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>In upper case and in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Rows.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether there is an instruction of a name in upper case.</summary>
    public static bool Has(string name) => Rows.ContainsKey(name);

    public static string FormOf(string name) => Rows[name].Form;

    public static IReadOnlyList<FlagDefinition> FlagsOf(string name) => Rows[name].Flags;
}
