// SPDX-License-Identifier: Apache-2.0
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Stage;

/// <summary>What the second stage is to do.</summary>
/// <param name="Run">What was asked for.</param>
/// <param name="Scratch">An empty directory for this step alone, or null where writes that are to be discarded can only go to memory.</param>
/// <param name="Rung">How it is isolated.</param>
/// <param name="Traps">What of its calls the supervisor answers beyond the rung's own.</param>
internal sealed record StageRequest(RunRequest Run, string? Scratch, IsolationRung Rung = IsolationRung.Namespaces, MoreTraps Traps = MoreTraps.None);
