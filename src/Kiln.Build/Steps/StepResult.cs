// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Oci;

namespace Kiln.Build.Steps;

/// <summary>What a step came to.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Created">When it was carried out, now or in an earlier build.</param>
/// <param name="Cache">The cache that had it of an earlier build, for people; null where it was carried out.</param>
internal sealed record StepResult(StackLayer Layer, Timestamp Created, string? Cache);
