// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Files;

/// <summary>A name in a directory, as bytes, without `.` and `..`.</summary>
public readonly record struct DirectoryEntry(byte[] Name);
