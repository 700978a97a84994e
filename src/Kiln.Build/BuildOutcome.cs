// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;
using Kiln.Oci;
using Kiln.Planning;

namespace Kiln.Build;

/// <summary>A build that was carried out, before anything of it is published.</summary>
/// <param name="Plan">What was to be done.</param>
/// <param name="Results">What each stage came to, by its index.</param>
/// <param name="Image">The target's image.</param>
/// <param name="Files">Its files, where an output wants them.</param>
/// <param name="Transfers">What moved meanwhile.</param>
internal sealed record BuildOutcome(BuildPlan Plan, IReadOnlyDictionary<int, StageResult> Results, Image Image, TargetFiles? Files, TransferState Transfers);
