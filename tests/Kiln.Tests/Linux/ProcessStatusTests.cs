// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Xunit;

namespace Kiln.Tests.Linux;

public sealed class ProcessStatusTests
{
    [Fact]
    public void The_kernels_text_is_read()
    {
        var status = ProcessStatus.Parse(
            "Name:\tTgid:\nUmask:\t0027\nTgid:\t12\nPid:\t13\nPPid:\t4\nUid:\t1\t2\t3\t5\nGid:\t6\t7\t8\t9\nGroups:\t50 2000 \nNSpid:\t13\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n");

        Assert.Equal((12, 4, 0x17, 2u, 7u, 5u, 9u), (status.ProcessId, status.ParentId, status.FileCreationMask, status.EffectiveUid, status.EffectiveGid, status.FileUid, status.FileGid));
        Assert.Equal([50u, 2000u], status.Groups);
        Assert.Equal((2, 3, 2), (status.FilterMode, status.Filters, status.NamespaceDepth));
    }

    [Fact]
    public void This_process_is_found_and_an_ended_one_is_not()
    {
        Assert.Equal(Environment.ProcessId, ProcessStatus.Find(Environment.ProcessId)!.ProcessId);
        Assert.Null(ProcessStatus.Find(int.MaxValue));
    }

    [Theory]
    [InlineData("c 1 3", FileType.CharacterDevice, 1u, 3u)]
    [InlineData("b 259 70000", FileType.BlockDevice, 259u, 70000u)]
    public void A_device_mark_comes_back_as_it_was_made(string text, FileType type, uint major, uint minor)
    {
        ExtendedAttribute mark = DeviceMark.Create(type, new DeviceNumber(major, minor));

        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(mark.Value));
        Assert.Equal((type, new DeviceNumber(major, minor)), DeviceMark.Parse(mark));
    }

    [Theory]
    [InlineData("user.kiln.device", "x 1 3")]
    [InlineData("user.kiln.device", "c 1")]
    [InlineData("user.kiln.device", "c -1 3")]
    [InlineData("user.other", "c 1 3")]
    public void What_is_no_device_mark_says_nothing(string name, string value) =>
        Assert.Null(DeviceMark.Parse(new ExtendedAttribute(name, System.Text.Encoding.ASCII.GetBytes(value))));
}
