// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>A build went well, and its image is everywhere it was to be. Only <see cref="ImagePublished"/> follows, once for each place.</summary>
public sealed record BuildEnded(string Digest, TimeSpan Duration, TransferState Transfers) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
