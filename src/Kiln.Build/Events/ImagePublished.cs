// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>The image is at a place: pushed to a reference, or written to a path; null where nobody wanted it anywhere.</summary>
public sealed record ImagePublished(string? Place, string Digest) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
