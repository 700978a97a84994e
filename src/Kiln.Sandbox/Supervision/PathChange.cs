// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Supervision;

/// <summary>A path of a system call, and what becomes of it.</summary>
/// <param name="Directory">The argument that is the directory's descriptor; negative where there is none.</param>
/// <param name="Path">The argument that is the path's address.</param>
/// <param name="Kind">What is done to it.</param>
/// <param name="Follow">Whether a link at the end is followed.</param>
internal readonly record struct PathChange(int Directory, int Path, PathChangeKind Kind, bool Follow);
