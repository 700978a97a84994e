// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Steps;

namespace Kiln.Build.Roots;

/// <summary>Puts a stack on disk as the root of a `RUN`.</summary>
internal interface IStepRoots
{
    Task<StepRoot> OpenAsync(StepContext context, CancellationToken cancellationToken);
}
