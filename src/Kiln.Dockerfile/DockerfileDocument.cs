// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile;

/// <summary>A Dockerfile, understood as far as that is possible without knowing any value. It has at least one stage.</summary>
/// <param name="GlobalArgs">The `ARG` instructions before the first `FROM`.</param>
public sealed record DockerfileDocument(
    SourceText Source, ParserDirectives Directives, IReadOnlyList<ArgInstruction> GlobalArgs, IReadOnlyList<Stage> Stages)
{
    /// <summary>Every instruction in the order of the file, each `FROM` among them.</summary>
    public IEnumerable<Instruction> Instructions =>
        [.. GlobalArgs, .. Stages.SelectMany(stage => (IEnumerable<Instruction>)[stage.From, .. stage.Instructions])];
}
