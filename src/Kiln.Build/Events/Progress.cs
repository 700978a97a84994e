// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>Something that takes time begins: a pull, a push.</summary>
public sealed record Progress(string Message) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
