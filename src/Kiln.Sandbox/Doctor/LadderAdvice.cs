// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Doctor;

/// <summary>The one change that would lift the builder a rung, in the words of a pod's specification where it has them.</summary>
public static class LadderAdvice
{
    /// <summary>Null at the top.</summary>
    /// <param name="facts">The machine.</param>
    /// <param name="findings">All rungs, the best first.</param>
    public static string? Find(MachineFacts facts, IReadOnlyList<RungFinding> findings)
    {
        RungFinding? best = findings.FirstOrDefault(finding => finding.WhyNot is null);
        if (best is { Rung: IsolationRung.Namespaces, Overlay: true })
            return null;
        if (best is { Rung: IsolationRung.Namespaces })
            return $"put the root directory on a volume (an `emptyDir`), and name it by KILN_ROOT: the kernel puts no overlay on {facts.RootFileSystem}";
        if (best is null or { Rung: IsolationRung.Supervised } && facts is { Uid: 0, Filtered: true } && !facts.HasCapabilities("SYS_CHROOT"))
            return "`securityContext.capabilities.add: [SYS_CHROOT]` gives the chroot rung; it is among the default capabilities";
        return Namespaces(facts, findings.First(finding => finding is { Rung: IsolationRung.Namespaces, Overlay: false }).WhyNot!);
    }

    private static string Namespaces(MachineFacts facts, string whyNot)
    {
        if (facts.UserNamespaceLimits is [var limit, ..])
            return $"on the node, `sysctl {limit.Split(' ')[0]}` has to be changed: it is {limit.Split(' ')[^1]}, which refuses user namespaces";
        if (facts.Uid == 0 && !facts.HasCapabilities("SETUID", "SETGID", "SETFCAP"))
            return "`securityContext.capabilities.add: [SETUID, SETGID, SETFCAP]`, or `securityContext.runAsUser: 1000`, which needs none";
        if (facts.Filtered && whyNot.StartsWith("clone", StringComparison.Ordinal))
            return "`securityContext.seccompProfile.type: Unconfined` (or a profile that permits clone with namespaces, mount and pivot_root) gives namespaces of their own to the steps";
        if (facts.SecurityLabel is { Length: > 0 } and not "unconfined")
            return $"`securityContext.appArmorProfile.type: Unconfined`: the profile `{facts.SecurityLabel}` may be what refuses it";
        return $"permit what was refused: {whyNot}";
    }
}
