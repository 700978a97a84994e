// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>What becomes of modification times in a layer that is written for an epoch.</summary>
/// <param name="Epoch">SOURCE_DATE_EPOCH.</param>
/// <param name="All">Every time becomes the epoch (`--reproducible`); else only those that are later.</param>
public sealed record EpochRule(UnixTime Epoch, bool All)
{
    internal UnixTime Apply(UnixTime time) => All || time > Epoch ? Epoch : time;
}
