// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Lint;

namespace Kiln.Build.Events;

/// <summary>A build check found something in the Dockerfile. The build goes on.</summary>
public sealed record CheckFailed(LintFinding Finding) : BuildEvent
{
    public override void Accept(IBuildEventVisitor visitor) => visitor.Visit(this);
}
