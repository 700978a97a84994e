// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Indexes;

/// <summary>The file that a hard link is one more name of: under which path, and what was there before (of a lower layer, it has to be copied up).</summary>
internal sealed record LinkSource(UnixPath Path, StackNode Node);
