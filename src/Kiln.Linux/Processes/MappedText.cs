// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Processes;

/// <summary>Part of a file in a process's memory.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The one behind its last.</param>
/// <param name="Offset">Where its first byte stands in the file.</param>
/// <param name="File">The file.</param>
public readonly record struct MappedText(ulong Start, ulong End, ulong Offset, MappedFile File);
