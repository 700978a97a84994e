// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Guest.Shortcuts;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Shortcuts;

public sealed class ShortcutMemoryTests
{
    [Fact]
    public void Nobody_writes_to_it_who_opens_it_anew()
    {
        using var memory = ShortcutMemory.Create(new DeviceNumber(8, 1));
        Assert.SkipWhen(memory.Pages is null, "no memory that can be sealed");

        using SafeFileHandle opened = File.OpenHandle($"/proc/self/fd/{memory.Pages!.File.DangerousGetHandle()}", FileMode.Open, FileAccess.ReadWrite);

        Assert.Throws<UnauthorizedAccessException>(() => RandomAccess.Write(opened, [1], 0));
        Assert.Throws<UnauthorizedAccessException>(() => RandomAccess.SetLength(opened, 0));
        memory.Add("/usr"u8, Errno.EINVAL, 2, "usr"u8, memory.Changes, memory.ChangesOf(2, "usr"u8));
        Assert.Equal(Errno.EINVAL, memory.Find("/usr"u8));
    }

    [Fact]
    public void A_fact_is_written_with_an_even_sequence()
    {
        using var memory = ShortcutMemory.Create(new DeviceNumber(8, 1));
        Assert.SkipWhen(memory.Pages is null, "no memory that can be sealed");

        for (int i = 0; i < 3; i++)
            memory.Add("/usr"u8, Errno.EINVAL, 2, "usr"u8, memory.Changes, memory.ChangesOf(2, "usr"u8));

        Span<byte> facts = memory.Pages!.Bytes[0x17000..];
        for (int at = 0; at < facts.Length; at += 256)
            Assert.Equal(0u, MemoryMarshal.Read<uint>(facts[at..]) % 2);
    }

    [Fact]
    public void What_changed_while_it_was_looked_at_is_not_known()
    {
        using var memory = ShortcutMemory.OfSupervisor();
        (uint changes, uint ofName) = (memory.Changes, memory.ChangesOf(2, "usr"u8));

        memory.Forget(2, "usr"u8);
        memory.Add("/usr"u8, Errno.EINVAL, 2, "usr"u8, changes, ofName);
        Assert.Equal(Errno.None, memory.Find("/usr"u8));

        ofName = memory.ChangesOf(2, "usr"u8);
        memory.Forget();
        memory.Add("/usr"u8, Errno.EINVAL, 2, "usr"u8, changes, ofName);
        Assert.Equal(Errno.None, memory.Find("/usr"u8));
    }
}
