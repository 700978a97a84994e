// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux.Accounts;
using Xunit;

namespace Kiln.Tests.Linux;

public sealed class AccountFilesTests
{
    private static readonly AccountFiles Accounts = AccountFiles.Parse(
        "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n7:x:500:500::/seven:\nhomeless:x:600:600:::\n"u8,
        "root:x:0:\nstaff:x:50:app\nextra:x:2000:other,app\nappgroup:x:1001:\n"u8);

    [Theory]
    [InlineData("", 0, 0, "")]
    [InlineData("root", 0, 0, "")]
    [InlineData("app", 1000, 1001, "50 2000")]
    [InlineData("1000", 1000, 1001, "50 2000")]
    [InlineData("app:staff", 1000, 50, "")]
    [InlineData("app:77", 1000, 77, "")]
    [InlineData("app:", 1000, 1001, "50 2000")]
    [InlineData(":staff", 0, 50, "")]
    [InlineData("4242", 4242, 0, "")]
    [InlineData("4242:4343", 4242, 4343, "")]
    [InlineData("7", 7, 0, "")]
    public void A_user_is_found_by_name_or_number(string text, uint uid, uint gid, string groups)
    {
        Assert.True(UserSpec.Parse(text).TryResolve(Accounts, out ResolvedUser user, out _));

        Assert.Equal((uid, gid, groups), (user.Uid, user.Gid, string.Join(' ', user.SupplementaryGroups)));
    }

    [Theory]
    [InlineData("nobody", "unable to find user nobody: no matching entries in passwd file")]
    [InlineData("app:nogroup", "unable to find group nogroup: no matching entries in group file")]
    [InlineData("-1", "unable to find user -1: no matching entries in passwd file")]
    [InlineData("4294967295", "unable to find user 4294967295: no matching entries in passwd file")]
    public void A_name_in_no_file_is_told_in_dockers_words(string text, string expected)
    {
        Assert.False(UserSpec.Parse(text).TryResolve(Accounts, out _, out string error));

        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(0, "/root")]
    [InlineData(1000, "/home/app")]
    [InlineData(600, "/")]
    [InlineData(4242, "/")]
    public void A_home_is_the_accounts_or_the_root_directory(uint uid, string home) =>
        Assert.Equal(home, new ResolvedUser(uid, 0, []).HomeIn(Accounts));

    [Fact]
    public void Root_has_a_home_in_an_image_without_accounts() =>
        Assert.Equal("/root", new ResolvedUser(0, 0, []).HomeIn(AccountFiles.Empty));

    [Theory]
    [InlineData("bad:x:zero:0::/:")]
    [InlineData("bad:x:::/:")]
    [InlineData("bad:x:4294967296:0:::")]
    [InlineData("bad")]
    public void A_malformed_line_is_nobody(string line) =>
        Assert.Null(AccountFiles.Parse(Encoding.UTF8.GetBytes(line), []).FindUser("bad"));

    [Theory]
    [InlineData("me:100000:65536\n", 100000, 65536)]
    [InlineData("other:1:1\n1000:5:6\n", 5, 6)]
    public void A_range_of_subordinate_ids_is_found_by_name_or_number(string text, uint start, uint count) =>
        Assert.Equal(new SubordinateIds(start, count), SubordinateIds.Find(text, "me", 1000));
}
