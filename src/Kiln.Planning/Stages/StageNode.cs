// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile;
using Kiln.Dockerfile.Instructions;
using Kiln.Oci;
using Kiln.Planning.Sources;

namespace Kiln.Planning.Stages;

/// <summary>A stage among the others: what it starts from, and what its instructions take from elsewhere.</summary>
internal sealed class StageNode(Stage stage, SourceReference start, Platform? platform)
{
    internal Stage Stage { get; } = stage;

    internal SourceReference Base { get; } = start;

    /// <summary>What was asked for explicitly, by `FROM --platform` or by the user; null where the base decides.</summary>
    internal Platform? Platform { get; } = platform;

    /// <summary>What `FROM` names, expanded.</summary>
    internal required string BaseName { get; init; }

    internal string Name => Stage.From.StageName ?? $"stage-{Stage.Index}";

    /// <summary>A stage whose name a named context took over is that context and has no instructions.</summary>
    internal bool IsReplaced { get; init; }

    /// <summary>What the base's ONBUILD adds before the stage's own instructions; null as long as the base is not known.</summary>
    internal IReadOnlyList<Instruction>? Triggers { get; set; }

    internal IEnumerable<Instruction> Instructions => IsReplaced ? [] : (Triggers ?? []).Concat(Stage.Instructions);
}
