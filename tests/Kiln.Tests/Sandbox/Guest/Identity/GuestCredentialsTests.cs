// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Credentials;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Supervision.Ownership;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Identity;

public sealed class GuestCredentialsTests
{
    private const ulong Docker = 0xa80425fb;
    private const uint Unchanged = uint.MaxValue;
    private static readonly ulong LowPorts = CapabilitySets.Bit(Capability.BindLowPorts);

    private static GuestCredentials User => GuestCredentials.For(1000, 1001, [2000, 50]);

    [Fact]
    public void Root_starts_with_dockers_capabilities() =>
        Assert.Equal(new CapabilitySets(Docker, Docker, 0, Docker, 0), GuestCredentials.Root.Capabilities);

    [Fact]
    public void A_user_starts_without_any_but_may_be_given_them()
    {
        Assert.Equal(new CapabilitySets(0, 0, 0, Docker, 0), User.Capabilities);
        Assert.Equal([50u, 2000u], User.SupplementaryGroups);
        Assert.True(User.IsInGroup(1001));
        Assert.True(User.IsInGroup(2000));
        Assert.False(User.IsInGroup(0));
    }

    [Fact]
    public void Equal_credentials_are_one_value()
    {
        GuestCredentials other = GuestCredentials.Root.SetSupplementaryGroups([50, 2000])!.SetGroups(1001, 1001, 1001)!;

        Assert.Equal(User with { IsDumpable = false, Users = other.Users, Capabilities = other.Capabilities }, other);
        Assert.Equal((User with { IsDumpable = false, Users = other.Users, Capabilities = other.Capabilities }).GetHashCode(), other.GetHashCode());
        Assert.NotEqual(other, other.SetSupplementaryGroups([50])!);
    }

    [Fact]
    public void Who_leaves_root_leaves_its_capabilities()
    {
        GuestCredentials left = GuestCredentials.Root.SetUser(1000)!;

        Assert.Equal(RecordedIds.All(1000), left.Users);
        Assert.Equal(new CapabilitySets(0, 0, 0, Docker, 0), left.Capabilities);
        Assert.False(left.IsDumpable);
        Assert.Null(left.SetUser(0));
    }

    [Fact]
    public void Root_that_is_saved_comes_back_with_its_capabilities()
    {
        GuestCredentials left = GuestCredentials.Root.SetUsers(Unchanged, 1000, Unchanged)!;
        GuestCredentials back = left.SetUsers(Unchanged, 0, Unchanged)!;

        Assert.Equal((Docker, 0ul), (left.Capabilities.Permitted, left.Capabilities.Effective));
        Assert.Equal((Docker, Docker), (back.Capabilities.Permitted, back.Capabilities.Effective));
    }

    [Fact]
    public void Capabilities_that_are_kept_are_permitted_and_can_be_raised()
    {
        GuestCredentials kept = GuestCredentials.Root.KeepCapabilities(true)!.SetUser(1000)!;
        GuestCredentials raised = kept.SetCapabilities(LowPorts, LowPorts, LowPorts)!.RaiseAmbient((int)Capability.BindLowPorts)!;

        Assert.Equal((Docker, 0ul), (kept.Capabilities.Permitted, kept.Capabilities.Effective));
        Assert.Equal(new CapabilitySets(LowPorts, LowPorts, LowPorts, Docker, LowPorts), raised.Capabilities);
        Assert.Equal(0ul, raised.SetCapabilities(LowPorts, LowPorts, 0)!.Capabilities.Ambient);
        Assert.Null(raised.SetCapabilities(Docker, 0, 0));
    }

    [Fact]
    public void Only_capabilities_of_files_go_with_the_file_systems_user()
    {
        GuestCredentials asUser = GuestCredentials.Root.SetFileUser(1000);

        Assert.False(asUser.Capabilities.Has(Capability.OverrideFileAccess));
        Assert.True(asUser.Capabilities.Has(Capability.SetUid));
        Assert.Equal(GuestCredentials.Root.Capabilities, asUser.SetFileUser(0).Capabilities);
        Assert.Equal(1000u, User.SetFileUser(0).Users.File); // refused, in silence
    }

    [Fact]
    public void Without_the_fixup_ids_change_and_capabilities_stay()
    {
        GuestCredentials fixedUp = GuestCredentials.Root.SetSecureBits((ulong)(SecureBits.NoSetUidFixup | SecureBits.NoSetUidFixupLocked))!;

        Assert.Equal(GuestCredentials.Root.Capabilities, fixedUp.SetUser(1000)!.Capabilities);
        Assert.Null(fixedUp.SetSecureBits(0));
        Assert.Null(User.SetSecureBits((ulong)SecureBits.NoRoot));
        Assert.NotNull(User.SetSecureBits((ulong)SecureBits.DenyInteractive));
        Assert.Null(GuestCredentials.Root.SetSecureBits(1 << 12));
    }

    [Fact]
    public void Users_may_not_change_what_they_have_no_capability_for()
    {
        Assert.Null(User.SetUser(0));
        Assert.Null(User.SetUsers(0, Unchanged));
        Assert.Null(User.SetUsers(Unchanged, Unchanged, 0));
        Assert.Null(User.SetGroup(0));
        Assert.Null(User.SetSupplementaryGroups([]));
        Assert.Null(User.DropFromBounding(0));
        Assert.Null(User.RaiseAmbient(0));
        Assert.NotNull(User.SetUsers(Unchanged, Unchanged, Unchanged));
    }

    [Fact]
    public void Who_may_signal_whom_hangs_on_real_and_saved_ids()
    {
        GuestCredentials setUid = User with { Users = new RecordedIds(1000, 0, 0, 0) };

        Assert.True(GuestCredentials.Root.MaySignal(User));
        Assert.True(User.MaySignal(User));
        Assert.True(User.MaySignal(setUid)); // whose real id is its own
        Assert.False(User.MaySignal(GuestCredentials.Root));
        Assert.False(User.MaySignal(GuestCredentials.For(1001, 0, [])));
    }

    [Fact]
    public void Who_may_look_into_whom_hangs_on_all_ids_and_capabilities()
    {
        Assert.True(User.MayInspect(User));
        Assert.False(User.MayInspect(User with { IsDumpable = false }));
        Assert.False(User.MayInspect(GuestCredentials.Root));
        Assert.False(GuestCredentials.Root.MayInspect(User)); // for want of CAP_SYS_PTRACE
        Assert.True(GuestCredentials.Root.MayInspect(GuestCredentials.Root));
        Assert.Equal((0u, 0u), (User with { IsDumpable = false }).OwnerInProc);
        Assert.Equal((1000u, 1001u), User.OwnerInProc);
    }
}
