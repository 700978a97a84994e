// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;

namespace Kiln.Cli.Rendering;

/// <summary>A step, and what came of it.</summary>
internal sealed record FinishedStep(StepStarted Step, StepEnded End);
