// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>How far the layers are that are on their way. It comes a few times a second while they move.</summary>
public sealed record TransfersMoved(TransferState State) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
