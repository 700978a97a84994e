// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Sandbox.Supervision;

/// <summary>Where a path leads.</summary>
/// <param name="Path">Without links, from the step's root.</param>
/// <param name="Node">What is served there; null where it is the tree's.</param>
/// <param name="Served">Whether it led through something that is served, so that the kernel alone would not find it.</param>
internal readonly record struct WalkResult(UnixPath Path, VirtualNode? Node, bool Served);
