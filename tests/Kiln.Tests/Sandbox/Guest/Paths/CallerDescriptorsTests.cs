// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.Versioning;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Paths;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Paths;

[SupportedOSPlatform("linux")]
public sealed class CallerDescriptorsTests : IDisposable
{
    private readonly DirectoryHandle _processes = DirectoryHandle.Open("/proc");
    private readonly CallerDescriptors _descriptors;

    public CallerDescriptorsTests() => _descriptors = new CallerDescriptors(Place.Of(_processes));

    [Fact]
    public void A_name_is_looked_up_in_what_the_caller_has_open()
    {
        using DirectoryHandle directory = DirectoryHandle.Open("/usr");
        int number = (int)directory.Handle.DangerousGetHandle();
        ulong expected = directory.GetStatus(UnixPath.Clean("bin")).Inode;

        Assert.Equal(Errno.None, _descriptors.GetStatusIn(Environment.ProcessId, number, "bin\0"u8, out FullStatus status));
        Assert.Equal(expected, status.Inode);
        Assert.Equal(Errno.ENOENT, _descriptors.GetStatusIn(Environment.ProcessId, number, "no such name\0"u8, out _));
    }

    [Fact]
    public void A_number_that_is_not_open_is_said_to_be_none()
    {
        Assert.Equal(Errno.EBADF, _descriptors.Open(Environment.ProcessId, 99999, out _));
        Assert.Equal(Errno.EBADF, _descriptors.GetStatus(Environment.ProcessId, -5, out _));
    }

    [Fact]
    public void Who_has_ended_has_nothing_open_any_more()
    {
        using Process process = Process.Start(new ProcessStartInfo("sleep", "infinity") { UseShellExecute = false, RedirectStandardInput = true })!;
        Assert.Equal(Errno.None, _descriptors.Open(process.Id, 0, out Place file));
        file.Dispose();

        process.Kill();
        process.WaitForExit();

        Assert.Equal(Errno.EBADF, _descriptors.Open(process.Id, 0, out _));
        Assert.Equal(Errno.EBADF, _descriptors.GetStatus(process.Id, 0, out _));
    }

    public void Dispose()
    {
        _descriptors.Dispose();
        _processes.Dispose();
    }
}
