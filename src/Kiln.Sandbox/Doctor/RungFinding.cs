// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Doctor;

/// <summary>What came of trying one rung.</summary>
/// <param name="Rung">Which.</param>
/// <param name="Overlay">With an overlay as its root.</param>
/// <param name="WhyNot">The kernel's answer, with the call that it was to; null where the rung works.</param>
public sealed record RungFinding(IsolationRung Rung, bool Overlay, string? WhyNot);
