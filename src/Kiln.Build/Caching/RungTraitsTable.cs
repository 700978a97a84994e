// SPDX-License-Identifier: Apache-2.0
using Kiln.Planning.Steps;
using Kiln.Sandbox;
using RunNetwork = Kiln.Dockerfile.Instructions.RunNetwork;

namespace Kiln.Build.Caching;

/// <summary>Which rung has which.</summary>
internal static class RungTraitsTable
{
    internal static RungTraits Of(IsolationRung rung) => rung switch
    {
        IsolationRung.Namespaces => RungTraits.None,
        IsolationRung.Chroot => RungTraits.NoNewPrivileges | RungTraits.NoLoopback,
        IsolationRung.Supervised => RungTraits.NoLoopback,
        IsolationRung.None => RungTraits.None,
    };

    /// <summary>Those that matter to a step.</summary>
    internal static RungTraits For(RunStep step, RungTraits traits) =>
        traits & ((IsRoot(step.User) ? RungTraits.None : RungTraits.NoNewPrivileges) | (step.Network == RunNetwork.None ? RungTraits.NoLoopback : RungTraits.None));

    /// <summary>Whether any would matter to a step.</summary>
    internal static bool Matter(RunStep step) => For(step, RungTraits.NoNewPrivileges | RungTraits.NoLoopback) != RungTraits.None;

    private static bool IsRoot(string user) => user.Split(':')[0] is "" or "root" or "0";
}
