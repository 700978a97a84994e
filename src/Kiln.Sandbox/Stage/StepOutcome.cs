// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Processes;

namespace Kiln.Sandbox.Stage;

/// <summary>How a step's first process ended, and what the second stage said last; null where it said nothing.</summary>
internal sealed record StepOutcome(ProcessExit Exit, StageReport? Report);
