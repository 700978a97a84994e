// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Sandbox.Guest.Identity;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Identity;

public sealed class ExecuteTests
{
    private const ulong Docker = 0xa80425fb;
    private const int Plain = 0x1ED, SetUid = 0x9ED, SetGid = 0x5ED, SetGidForNobody = 0x5E4;
    private static readonly ulong RawSockets = CapabilitySets.Bit(Capability.RawSockets), Administer = CapabilitySets.Bit(Capability.Administer);

    private static GuestCredentials User => GuestCredentials.For(1000, 1001, [2000, 50]);

    private static (GuestCredentials After, bool IsSecure) Execute(GuestCredentials before, int mode, uint uid = 0, uint gid = 0, FileCapabilities? capabilities = null)
    {
        Assert.Equal(Errno.None, before.Execute(new GuestProgram(uid, gid, mode, capabilities, IsReadable: true), out GuestCredentials after, out bool isSecure));
        return (after, isSecure);
    }

    [Fact]
    public void A_plain_program_changes_nothing()
    {
        GuestCredentials user = User;

        (GuestCredentials after, bool isSecure) = Execute(user, Plain);

        Assert.Same(user, after);
        Assert.False(isSecure);
        Assert.Same(GuestCredentials.Root, Execute(GuestCredentials.Root, Plain).After);
        Assert.False(Execute(GuestCredentials.Root, Plain).IsSecure);
    }

    [Fact]
    public void A_set_uid_program_of_roots_makes_root_within_the_bounding_set()
    {
        (GuestCredentials after, bool isSecure) = Execute(User, SetUid);

        Assert.Equal((1000u, 0u, 0u, 0u), (after.Users.Real, after.Users.Effective, after.Users.Saved, after.Users.File));
        Assert.Equal(new CapabilitySets(Docker, Docker, 0, Docker, 0), after.Capabilities);
        Assert.True(isSecure);
        Assert.False(after.IsDumpable);
    }

    [Fact]
    public void A_set_uid_program_of_another_user_gives_its_id_alone()
    {
        (GuestCredentials after, bool isSecure) = Execute(User, SetUid, uid: 33);

        Assert.Equal((33u, 0ul), (after.Users.Effective, after.Capabilities.Permitted));
        Assert.True(isSecure);
    }

    [Fact]
    public void A_set_gid_program_needs_the_groups_right_to_execute()
    {
        Assert.Equal(42u, Execute(User, SetGid, gid: 42).After.Groups.Effective);
        Assert.Equal(1001u, Execute(User, SetGidForNobody, gid: 42).After.Groups.Effective);
    }

    [Fact]
    public void Who_has_renounced_privilege_gains_none()
    {
        GuestCredentials renounced = User with { HasNoNewPrivileges = true };

        (GuestCredentials after, bool isSecure) = Execute(renounced, SetUid, capabilities: new FileCapabilities(RawSockets, 0, IsEffective: true));

        Assert.Equal(renounced, after);
        Assert.True(isSecure); // for the program is a privileged one still
    }

    [Fact]
    public void A_program_gets_its_capabilities_from_the_bounding_set()
    {
        (GuestCredentials after, bool isSecure) = Execute(User, Plain, capabilities: new FileCapabilities(RawSockets, 0, IsEffective: true));

        Assert.Equal(new CapabilitySets(RawSockets, RawSockets, 0, Docker, 0), after.Capabilities);
        Assert.True(isSecure);
    }

    [Fact]
    public void A_program_that_needs_capabilities_from_the_start_does_not_start_without()
    {
        var program = new GuestProgram(0, 0, Plain, new FileCapabilities(Administer, 0, IsEffective: true), IsReadable: true);

        Assert.Equal(Errno.EPERM, User.Execute(program, out GuestCredentials after, out _));
        Assert.Equal(User, after);
        Assert.Equal(0ul, Execute(User, Plain, capabilities: new FileCapabilities(Administer, 0, IsEffective: false)).After.Capabilities.Permitted);
    }

    [Fact]
    public void Ambient_capabilities_survive_plain_programs_alone()
    {
        GuestCredentials ambient = GuestCredentials.Root.KeepCapabilities(true)!.SetUser(1000)!.SetCapabilities(RawSockets, RawSockets, RawSockets)!.RaiseAmbient((int)Capability.RawSockets)!;

        (GuestCredentials after, bool isSecure) = Execute(ambient, Plain);

        Assert.Equal(new CapabilitySets(RawSockets, RawSockets, RawSockets, Docker, RawSockets), after.Capabilities);
        Assert.False(isSecure);
        Assert.False(after.KeepsCapabilities);
        Assert.Equal(0ul, Execute(ambient, SetUid, uid: 33).After.Capabilities.Permitted);
        Assert.Equal(0ul, Execute(ambient, Plain, capabilities: default(FileCapabilities)).After.Capabilities.Permitted);
    }

    [Fact]
    public void Root_is_nobody_where_it_is_said_to_be() =>
        Assert.Equal(0ul, Execute(GuestCredentials.Root.SetSecureBits((ulong)SecureBits.NoRoot)!, Plain).After.Capabilities.Permitted);

    [Fact]
    public void What_a_caller_may_not_read_is_not_dumped()
    {
        _ = User.Execute(new GuestProgram(0, 0, 0x1C9, null, IsReadable: false), out GuestCredentials after, out _);

        Assert.False(after.IsDumpable);
    }
}
