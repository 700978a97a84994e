// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>The flags of `kiln lint`: some of a build's, which mean the same, and its own.</summary>
internal static class LintFlags
{
    internal static readonly IReadOnlyList<Flag> All =
    [
        OfBuild("context") with { Help = "The build context, whose ignore file is heeded: a directory", ValueName = "PATH", Default = "." },
        OfBuild("dockerfile") with { Help = "The Dockerfile, looked up in the working directory, then in the context; as is each FILE", ValueName = "PATH" },
        OfBuild("build-arg"),
        OfBuild("target") with { Help = "Look at the values in this stage and those that it needs, not in all stages" },
        OfBuild("custom-platform") with { Help = "Check for a build for this platform instead of the machine's" },
        OfBuild("build-context"),
        new TextFlag("format", "How findings are written: `text`, `json` or `sarif`", (a, v) => a.LintFormat = v)
            { Choices = ["text", "json", "sarif"], ValueName = "FORMAT", Default = "text", Kaniko = KanikoParity.Own },
        new SwitchFlag("error", "Exit with status 1 when something is found, as `# check=error=true` has it", (a, v) => a.FindingsAreErrors = v)
            { Kaniko = KanikoParity.Own },
    ];

    private static Flag OfBuild(string name) => BuildFlags.All.First(flag => flag.Name == name) with { Kaniko = KanikoParity.Own };
}
