// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;

namespace Kiln.Cli.Rendering;

/// <summary>A step that is under way.</summary>
/// <param name="Step">What it is.</param>
/// <param name="Began">When it began, as a timestamp of the clock.</param>
/// <param name="SaysWhose">Whether it began beside another stage, so that its first line says whose it is.</param>
internal sealed record RunningStep(StepStarted Step, long Began, bool SaysWhose);
