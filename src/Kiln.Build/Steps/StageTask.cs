// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Caching;
using Kiln.Build.Stacks;
using Kiln.Planning;

namespace Kiln.Build.Steps;

/// <summary>A stage to be carried out.</summary>
/// <param name="Plan">What is to be done.</param>
/// <param name="Keys">What its steps are known by.</param>
/// <param name="Steps">What is expected of them.</param>
/// <param name="Start">What it starts from.</param>
/// <param name="InImage">Whether its layers are the image's.</param>
/// <param name="IsTarget">Whether nothing comes after it.</param>
internal sealed record StageTask(StagePlan Plan, StageKeys Keys, ImmutableArray<StepForecast> Steps, StageResult Start, bool InImage, bool IsTarget);
