// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Sources;

namespace Kiln.Layers.Deltas;

/// <summary>An entry that is ready to be written, and where its bytes are if it has any.</summary>
public readonly record struct DeltaEntry(LayerEntry Entry, ContentSource? Content);
