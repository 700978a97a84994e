// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Xunit;

namespace Kiln.SystemTests.Linux;

public sealed class SeccompTests
{
    private static readonly FilterRule[] TrapOpens = [new(SystemCall.openat2, FilterVerdict.Notify)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Read(string name)
    {
        using var directory = DirectoryHandle.Open("/etc");
        using var reader = new StreamReader(new FileStream(directory.OpenFile(UnixPath.Clean(name)), FileAccess.Read));
        return reader.ReadToEnd();
    }

    [Fact]
    public async Task A_call_can_be_answered_with_another_file()
    {
        using var thread = new FilteredThread<string>(TrapOpens, () => Read("no-such-file"));
        TrappedCall call = thread.Receive();
        byte[] path = new byte[256];

        Assert.True(ProcessMemory.TryReadText(call.ThreadId, call.Pointer(1), path, out int length, out _));
        using var content = Descriptor.InMemory("answer"u8, "another\n"u8);
        Assert.True(thread.Listener.IsWaiting(call));
        Assert.True(thread.Listener.TryReturnDescriptor(call, content, closeOnExecute: true, number: null, out _));

        Assert.Equal("no-such-file", Encoding.UTF8.GetString(path, 0, length));
        Assert.Equal(SystemCall.openat2, call.Call);
        Assert.Equal("another\n", await thread.Result.WaitAsync(Token));
        Assert.False(thread.Listener.IsWaiting(call));
    }

    [Fact]
    public async Task A_descriptor_can_be_given_a_number()
    {
        using var thread = new FilteredThread<nint>(TrapOpens, () =>
        {
            using var directory = DirectoryHandle.Open("/etc");
            using var file = directory.OpenFile(UnixPath.Clean("hosts"));
            return file.DangerousGetHandle();
        });
        TrappedCall call = thread.Receive();
        using var content = Descriptor.InMemory("answer"u8, []);

        Assert.True(thread.Listener.TryReturnDescriptor(call, content, closeOnExecute: true, number: 777, out _));

        Assert.Equal(777, await thread.Result.WaitAsync(Token));
    }

    [Fact]
    public async Task A_number_above_the_callers_limit_is_refused_and_the_call_still_waits()
    {
        using var thread = new FilteredThread<string>(TrapOpens, () => Read("hostname"));
        TrappedCall call = thread.Receive();
        using var content = Descriptor.InMemory("answer"u8, []);

        Assert.False(thread.Listener.TryReturnDescriptor(call, content, closeOnExecute: true, number: int.MaxValue, out Errno? error));
        thread.Listener.Continue(call);

        Assert.Equal(Errno.EBADF, error);
        Assert.Equal(File.ReadAllText("/etc/hostname"), await thread.Result.WaitAsync(Token));
    }

    [Fact]
    public async Task A_call_can_fail()
    {
        using var thread = new FilteredThread<string>(TrapOpens, () => Read("hosts"));

        thread.Listener.Fail(thread.Receive(), Errno.EDQUOT);

        Assert.Equal(Errno.EDQUOT, (await Assert.ThrowsAsync<ErrnoException>(() => thread.Result.WaitAsync(Token))).Error);
    }

    [Fact]
    public async Task The_filter_itself_decides_by_arguments()
    {
        FilterRule[] rules = [new(SystemCall.mknodat, FilterVerdict.Refuse(Errno.EXDEV), [ArgumentTest.HasBits(2, 0xF000, 0x2000)])];
        string place = Directory.CreateTempSubdirectory("kiln-seccomp-").FullName;
        using var thread = new FilteredThread<Errno>(rules, () =>
        {
            using var directory = DirectoryHandle.Open(place);
            directory.MakeNode("fifo"u8, FileType.Fifo, 0x180, default);
            return Assert.Throws<ErrnoException>(() => directory.MakeNode("null"u8, FileType.CharacterDevice, 0x180, new DeviceNumber(1, 3))).Error;
        });

        Assert.Equal(Errno.EXDEV, await thread.Result.WaitAsync(Token));
        Assert.Equal(["fifo"], Directory.EnumerateFileSystemEntries(place).Select(Path.GetFileName));
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public async Task Memory_is_written_where_the_caller_wants_it()
    {
        byte[] target = GC.AllocateArray<byte>(8, pinned: true);
        ulong address = (ulong)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(target, 0);
        using var thread = new FilteredThread<string>(TrapOpens, () => Read("hostname"));
        TrappedCall call = thread.Receive();

        Assert.True(ProcessMemory.TryWrite(call.ThreadId, address, "written"u8, out _));
        Assert.False(ProcessMemory.TryWrite(call.ThreadId, 8, "nowhere"u8, out Errno error));
        thread.Listener.Continue(call);
        await thread.Result.WaitAsync(Token);

        Assert.Equal(Errno.EFAULT, error);
        Assert.Equal("written\0", Encoding.ASCII.GetString(target));
    }
}
