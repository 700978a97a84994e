// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Lint;
using Kiln.Oci;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>The defaults of the global `ARG`s alone make a base image's name of every `FROM`.</summary>
public static class InvalidDefaultArgInFrom
{
    public static LintRule Rule { get; } = new(
        "InvalidDefaultArgInFrom", "Default value for global ARG results in an empty or invalid base image name");

    internal static void Check(DockerfileDocument document, PlanOptions options, LintLog log)
    {
        var expander = new WordExpander(document.Directives.Escape);
        try
        {
            var defaults = new GlobalScope(document, options with { BuildArgs = [] });
            foreach (Stage stage in document.Stages)
                if (!ImageReference.TryParse(expander.Expand(stage.From.BaseName, defaults.Find, stage.From.Span).Text, out _))
                    log.Report(
                        Rule, stage.From, $"Default value for ARG {stage.From.BaseName} results in empty or invalid base image name", stage.From.BaseName);
        }
        catch (BuildException)
        {
            // A default that cannot be expanded need not be, where a build argument takes its place; otherwise the plan says so.
        }
    }
}
