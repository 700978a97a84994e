// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>Bytes of layers that a build has moved so far, from its beginning.</summary>
/// <param name="Fetched">Bytes that arrived.</param>
/// <param name="FetchedOf">Bytes that there are of what was asked for.</param>
/// <param name="Sent">Bytes that went to the destinations; what they had already is not among them.</param>
/// <param name="Sending">How many layers are being sent.</param>
public readonly record struct TransferState(long Fetched, long FetchedOf, long Sent, int Sending)
{
    public bool IsFetching => Fetched < FetchedOf;

    public bool IsUnderWay => IsFetching || Sending > 0;
}
