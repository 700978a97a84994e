// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Sources;

namespace Kiln.Layers.Deltas;

/// <summary>One path that a step put or changed; without an entry, one that it took away.</summary>
/// <param name="Entry">The metadata, or null for a removal. A file that has several names is a file under each of them here.</param>
/// <param name="Content">Where a file's bytes are.</param>
/// <param name="LinkGroup">Equal for all names of one file.</param>
internal sealed record DeltaChange(LayerEntry? Entry, ContentSource? Content, object? LinkGroup);
