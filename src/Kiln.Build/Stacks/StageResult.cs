// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Build.Stacks;

/// <summary>What a stage came to: its files, and the history of how. An image is one too, of which nothing was built here.</summary>
internal sealed record StageResult(Stack Stack, ImmutableArray<HistoryEntry> History)
{
    internal static StageResult Nothing { get; } = new(Stack.Empty, []);
}
