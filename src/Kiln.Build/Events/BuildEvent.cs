// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>What happens in a build, as it happens: the one channel from the build to whoever shows it. The kinds are closed.</summary>
public abstract record BuildEvent
{
    private protected BuildEvent()
    {
    }

    public abstract void Accept(IBuildEventVisitor visitor);
}
