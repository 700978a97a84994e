// SPDX-License-Identifier: Apache-2.0
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>A directory, archive or repository as base: its files are one layer, as if they had been copied into nothing.</summary>
internal static class ContextStart
{
    internal static bool IsOne(StagePlan stage) => stage.Base is not (StageSource or ScratchSource) && !stage.Base.IsImage;

    internal static CopyStep StepOf(StagePlan stage) => new()
    {
        Span = stage.FromSpan,
        Title = stage.Title,
        CreatedBy = "",
        Sources = [new CopySource(stage.Base, "/", stage.FromSpan)],
        Destination = "/",
    };
}
