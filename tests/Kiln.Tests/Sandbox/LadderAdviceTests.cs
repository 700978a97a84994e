// SPDX-License-Identifier: Apache-2.0
using Kiln.Sandbox;
using Kiln.Sandbox.Doctor;
using Xunit;

namespace Kiln.Tests.Sandbox;

public sealed class LadderAdviceTests
{
    private static readonly MachineFacts DockersDefault = new()
    {
        Kernel = "6.18",
        Uid = 0,
        OutsideUid = 0,
        Capabilities = MachineFacts.NameCapabilities("00000000a80425fb"),
        Filtered = true,
        NoNewPrivileges = false,
        SecurityLabel = "",
        UserNamespaceLimits = [],
        CoveredProc = [],
        SubordinateIds = [],
        RootDirectory = "/kaniko",
        RootFileSystem = "overlay",
    };

    private static RungFinding[] Findings(string? overlay, string? oneTree, string? chroot, string? supervised = null) =>
    [
        new(IsolationRung.Namespaces, true, overlay), new(IsolationRung.Namespaces, false, oneTree), new(IsolationRung.Chroot, false, chroot),
        new(IsolationRung.Supervised, false, supervised),
    ];

    [Fact]
    public void Dockers_default_capabilities_have_their_names() => Assert.Equal(
        "CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP",
        string.Join(' ', DockersDefault.Capabilities));

    [Fact]
    public void At_the_top_there_is_nothing_to_change() => Assert.Null(LadderAdvice.Find(DockersDefault, Findings(null, null, null)));

    [Fact]
    public void Without_an_overlay_a_volume_helps() =>
        Assert.Contains("emptyDir", LadderAdvice.Find(DockersDefault, Findings("fsconfig(overlay): EINVAL", null, null)), StringComparison.Ordinal);

    [Fact]
    public void A_filter_that_refuses_namespaces_is_named() => Assert.Contains(
        "seccompProfile.type: Unconfined", LadderAdvice.Find(DockersDefault, Findings("clone(x): EPERM", "clone(x): EPERM", null)), StringComparison.Ordinal);

    [Fact]
    public void A_setting_of_the_node_comes_before_the_pods_own()
    {
        MachineFacts facts = DockersDefault with { UserNamespaceLimits = ["user.max_user_namespaces = 0"] };

        Assert.Equal(
            "on the node, `sysctl user.max_user_namespaces` has to be changed: it is 0, which refuses user namespaces",
            LadderAdvice.Find(facts, Findings("clone(x): ENOSPC", "clone(x): ENOSPC", null)));
    }

    [Fact]
    public void Root_without_the_right_to_map_ids_is_told_which_capabilities() => Assert.Contains(
        "SETUID, SETGID, SETFCAP",
        LadderAdvice.Find(DockersDefault with { Capabilities = ["SYS_CHROOT"] }, Findings("write(uid_map): EPERM", "write(uid_map): EPERM", null)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("seccomp(): EBUSY")]
    public void Root_without_the_higher_rungs_gets_the_nearest_one(string? supervised) => Assert.Contains(
        "[SYS_CHROOT]",
        LadderAdvice.Find(DockersDefault with { Capabilities = [] }, Findings("clone(x): EPERM", "clone(x): EPERM", "chroot(): EPERM", supervised)),
        StringComparison.Ordinal);

    [Fact]
    public void A_user_who_may_do_nothing_is_told_what_refuses_namespaces() => Assert.Contains(
        "seccompProfile.type: Unconfined",
        LadderAdvice.Find(DockersDefault with { Uid = 65532, Capabilities = [], NoNewPrivileges = true }, Findings("clone(x): EPERM", "clone(x): EPERM", "it takes uid 0")),
        StringComparison.Ordinal);
}
