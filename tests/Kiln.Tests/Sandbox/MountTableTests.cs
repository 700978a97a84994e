// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Chroot;
using Kiln.Sandbox.Supervision;
using Xunit;

namespace Kiln.Tests.Sandbox;

public sealed class MountTableTests
{
    private const string Builder = """
        100 90 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/secret
        101 100 0:51 / /proc rw,nosuid - proc proc rw
        102 100 0:52 / /sys ro,nosuid - sysfs sysfs ro
        103 102 0:26 /../../pod /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate
        104 100 254:0 /volumes/x /kaniko rw,relatime - ext4 /dev/vda rw

        """;

    [Fact]
    public void A_step_is_told_of_its_root_and_of_what_is_served()
    {
        var table = MountTable.Create(Builder, new DeviceNumber(254, 0), []);

        Assert.Equal(
            "/dev/vda / ext4 rw,relatime 0 0\nproc /proc proc rw,nosuid 0 0\nsysfs /sys sysfs ro,nosuid 0 0\ncgroup /sys/fs/cgroup cgroup2 ro,nosuid 0 0\n",
            Encoding.UTF8.GetString(table.Text));
        Assert.StartsWith("1 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n", Encoding.UTF8.GetString(table.InfoText), StringComparison.Ordinal);
        Assert.Contains("4 1 0:26 /../../pod /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n", Encoding.UTF8.GetString(table.InfoText), StringComparison.Ordinal);
    }

    [Fact]
    public void Mounts_that_a_step_asked_for_are_listed()
    {
        var table = MountTable.Create(
            "", new DeviceNumber(7, 7), [new PlacedMount(UnixPath.Clean("a b"), IsReadOnly: true, IsTemporary: false), new PlacedMount(UnixPath.Clean("t"), IsReadOnly: false, IsTemporary: true)]);

        Assert.EndsWith("none /a\\040b unknown ro,relatime 0 0\ntmpfs /t tmpfs rw,nosuid,nodev,relatime 0 0\n", Encoding.UTF8.GetString(table.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_on_an_unknown_file_system_has_a_root_all_the_same() =>
        Assert.StartsWith("none / unknown rw 0 0\n", Encoding.UTF8.GetString(MountTable.Create("", new DeviceNumber(7, 7), []).Text), StringComparison.Ordinal);
}
