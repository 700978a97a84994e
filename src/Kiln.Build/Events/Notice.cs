// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Build.Events;

/// <summary>Something worth knowing, at a level of --verbosity.</summary>
public sealed record Notice(NoticeLevel Level, string Message, SourceSpan? Span = null) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
