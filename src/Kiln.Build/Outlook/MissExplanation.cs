// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Cache;

namespace Kiln.Build.Outlook;

/// <summary>Why a step is not found.</summary>
/// <param name="Stage">The step's stage.</param>
/// <param name="Step">The step.</param>
/// <param name="Nearest">The entry that has most in common with it; null where there is none of such an instruction.</param>
/// <param name="Differences">In what the two differ.</param>
public sealed record MissExplanation(StageOutlook Stage, StepOutlook Step, CacheEntry? Nearest, ImmutableArray<PartDifference> Differences);
