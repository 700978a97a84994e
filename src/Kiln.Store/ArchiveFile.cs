// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Store;

/// <summary>Where in an archive the bytes of a file stand.</summary>
internal readonly record struct ArchiveFile(long Offset, long Size);
