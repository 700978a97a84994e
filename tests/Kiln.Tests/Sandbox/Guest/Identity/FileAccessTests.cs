// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Credentials;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Supervision.Ownership;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Identity;

public sealed class FileAccessTests
{
    private const int File = 0x8000, Directory = 0x4000;
    private const AccessWanted Read = AccessWanted.Read, Write = AccessWanted.Write, Execute = AccessWanted.Execute;

    private static GuestCredentials Root => GuestCredentials.Root;

    private static GuestCredentials User => GuestCredentials.For(1000, 1001, [50]);

    [Theory]
    [InlineData(1000u, 0u, "600", "rw", true)]
    [InlineData(1000u, 0u, "077", "r", false)]   // the owner's bits count for the owner
    [InlineData(0u, 1001u, "640", "r", true)]
    [InlineData(0u, 1001u, "640", "w", false)]
    [InlineData(0u, 50u, "640", "r", true)]
    [InlineData(0u, 50u, "604", "r", false)]     // the group's for its members
    [InlineData(0u, 0u, "604", "r", true)]
    [InlineData(0u, 0u, "640", "r", false)]
    [InlineData(0u, 0u, "755", "x", true)]
    [InlineData(0u, 0u, "755", "rw", false)]
    [InlineData(0u, 0u, "000", "", true)]
    public void A_user_is_judged_by_the_bits_that_are_its_own(uint uid, uint gid, string mode, string wanted, bool expected) =>
        Assert.Equal(expected, User.MayAccess(uid, gid, Convert.ToInt32(mode, 8), isDirectory: false, Parse(wanted)));

    [Fact]
    public void Root_may_do_all_but_execute_what_nobody_may()
    {
        Assert.True(Root.MayAccess(1000, 1000, 0, isDirectory: false, Read | Write));
        Assert.False(Root.MayAccess(1000, 1000, 0x1B6, isDirectory: false, Execute));
        Assert.True(Root.MayAccess(1000, 1000, 1, isDirectory: false, Execute));
        Assert.True(Root.MayAccess(1000, 1000, 0, isDirectory: true, Read | Write | Execute));
        Assert.True(Root.IsPlainRoot);
        Assert.False(User.IsPlainRoot);
    }

    [Fact]
    public void Who_may_read_everything_may_search_but_not_write()
    {
        GuestCredentials reader = User with { Capabilities = User.Capabilities with { Effective = CapabilitySets.Bit(Capability.ReadFiles) } };

        Assert.True(reader.MayAccess(0, 0, 0, isDirectory: false, Read));
        Assert.False(reader.MayAccess(0, 0, 0, isDirectory: false, Read | Write));
        Assert.True(reader.MayAccess(0, 0, 0, isDirectory: true, Read | Execute));
        Assert.False(reader.MayAccess(0, 0, 0, isDirectory: true, Write));
    }

    [Fact]
    public void A_set_uid_program_can_ask_for_its_user()
    {
        GuestCredentials setUid = Root with { Users = new RecordedIds(1000, 0, 0, 0) };

        Assert.True(setUid.MayAccess(0, 0, 0x180, isDirectory: false, Read));
        Assert.False(setUid.MayAccess(0, 0, 0x180, isDirectory: false, Read, useRealIds: true));
    }

    [Theory]
    [InlineData(1000u, 0u, "644", null, 50u, true)]
    [InlineData(1000u, 0u, "644", null, 7u, false)]
    [InlineData(1000u, 0u, "644", 1000u, null, true)]
    [InlineData(1000u, 0u, "644", 0u, null, false)]
    [InlineData(0u, 50u, "644", null, 50u, false)]
    [InlineData(0u, 0u, "644", null, null, true)]   // nothing is asked
    [InlineData(0u, 0u, "4755", null, null, false)] // and yet set-id bits would be lost
    public void A_user_may_give_its_files_to_its_groups(uint uid, uint gid, string mode, uint? newUid, uint? newGid, bool expected)
    {
        Assert.Equal(expected, User.MayChown(uid, gid, File | Convert.ToInt32(mode, 8), newUid, newGid));
        Assert.True(Root.MayChown(uid, gid, File | Convert.ToInt32(mode, 8), newUid, newGid));
    }

    [Theory]
    [InlineData(File, "6755", "755", "755")]
    [InlineData(File, "6745", "2745", "745")] // set-gid without the group's right to execute marked locks once
    [InlineData(File, "1755", "1755", "1755")]
    [InlineData(Directory, "6755", "6755", "6755")]
    public void Set_id_bits_are_lost_with_the_owner(int type, string mode, string byRoot, string byUser)
    {
        Assert.Equal(type | Convert.ToInt32(byRoot, 8), Root.ModeAfterChown(type | Convert.ToInt32(mode, 8), 7, newGid: 8));
        Assert.Equal(type | Convert.ToInt32(byUser, 8), User.ModeAfterChown(type | Convert.ToInt32(mode, 8), 7, newGid: 8));
    }

    [Fact]
    public void Set_id_bits_are_lost_with_a_write_by_who_could_not_set_them()
    {
        Assert.Equal(File | 0xDED, Root.ModeAfterWrite(File | 0xDED, 7));
        Assert.Equal(File | 0x1ED, User.ModeAfterWrite(File | 0xDED, 7));
        Assert.Equal(File | 0x1ED, User.ModeForChmod(File | 0x5ED, 7));
        Assert.Equal(File | 0x5ED, User.ModeForChmod(File | 0x5ED, 50));
    }

    [Fact]
    public void A_sticky_directory_lets_owners_remove()
    {
        const int temporary = Directory | 0x3FF;

        Assert.True(User.MayDelete(0, temporary, fileUid: 1000));
        Assert.True(User.MayDelete(1000, temporary, fileUid: 0));
        Assert.False(User.MayDelete(0, temporary, fileUid: 33));
        Assert.True(User.MayDelete(0, Directory | 0x1FF, fileUid: 33));
        Assert.True(Root.MayDelete(33, temporary, fileUid: 33));
        Assert.False(Root.MayFollow(0, temporary, linkUid: 33));
        Assert.True(Root.MayFollow(0, temporary, linkUid: 0));
    }

    [Fact]
    public void What_is_made_in_a_set_gid_directory_has_its_group()
    {
        const int shared = Directory | 0x5FD;

        Assert.Equal((1000u, 7u), (User.OwnerOfNew, User.GroupOfNew(7, shared)));
        Assert.Equal(1001u, User.GroupOfNew(7, Directory | 0x1FD));
        Assert.Equal(0x5ED, User.ModeOfNew(0x1FF, 0x12, isDirectory: true, 7, shared));
        Assert.Equal(0x1ED, User.ModeOfNew(0x5FF, 0x12, isDirectory: false, 7, shared));
        Assert.Equal(0x5ED, User.ModeOfNew(0x5FF, 0x12, isDirectory: false, 50, shared));
    }

    private static AccessWanted Parse(string wanted) =>
        (wanted.Contains('r') ? Read : AccessWanted.None) | (wanted.Contains('w') ? Write : AccessWanted.None) | (wanted.Contains('x') ? Execute : AccessWanted.None);
}
