// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>A label names the author.</summary>
public static class MaintainerDeprecated
{
    public static LintRule Rule { get; } = new(
        "MaintainerDeprecated", "The MAINTAINER instruction is deprecated, use a label instead to define an image author");

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        foreach (MaintainerInstruction instruction in document.Instructions.OfType<MaintainerInstruction>())
            log.Report(Rule, instruction, "Maintainer instruction is deprecated in favor of using label");
    }
}
