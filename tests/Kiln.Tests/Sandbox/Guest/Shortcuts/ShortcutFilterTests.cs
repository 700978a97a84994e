// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Sandbox;
using Kiln.Sandbox.Guest;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Tests.Linux.Seccomp;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Shortcuts;

/// <summary>What the kernel does itself for the one instruction that opens, and for nothing else.</summary>
public sealed class ShortcutFilterTests
{
    private const uint X64 = 0xC000003E; // AUDIT_ARCH_X86_64

    private static readonly SeccompProgram With = GuestCalls.Assemble(RunNetwork.Host, shutsMetadata: true, hasShortcuts: true, SystemCallNumbers.X64);
    private static readonly SeccompProgram Without = GuestCalls.Assemble(RunNetwork.Host, shutsMetadata: true, hasShortcuts: false, SystemCallNumbers.X64);

    [Theory]
    [InlineData(4100u, 0x7e9000016000, true)]
    [InlineData(3u, 0x7e9000016fe0, true)]
    [InlineData(3u, 0x7e9000016008, false)] // between two descriptions
    [InlineData(3u, 0x7e9000017000, false)] // what is written there is the step's own paths
    [InlineData(3u, 0x7e9000015fe0, false)]
    [InlineData(3u, 0x00007e9100016000, false)]
    [InlineData(3u, 0x0000000000016000, false)]
    [InlineData(unchecked((uint)-100), 0x7e9000016000, false)] // AT_FDCWD: the builder's working directory
    public void Only_what_our_descriptions_describe_is_let_through(uint directory, ulong how, bool isAllowed)
    {
        Assert.Equal((isAllowed ? FilterVerdict.Allow : FilterVerdict.Notify).Value, BpfInterpreter.RunAt(ShortcutCode.AfterOpen, With, X64, (uint)SystemCall.openat2, directory, 0, how, 24));
    }

    [Fact]
    public void No_description_leads_out_of_a_directory_or_writes()
    {
        using var memory = ShortcutMemory.Create(new DeviceNumber(8, 1));
        Assert.SkipWhen(memory.Pages is null, "no memory that can be sealed");
        ReadOnlySpan<byte> opens = memory.Pages!.Bytes.Slice((int)(ShortcutMemory.OpensAddress - ShortcutCode.Address), 4096);

        for (int at = 0; at < opens.Length; at += 32)
        {
            Assert.Equal(0ul, MemoryMarshal.Read<ulong>(opens[at..]) & ~0x2F0800ul); // O_PATH, O_CLOEXEC, O_NOATIME, O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK
            Assert.Equal(0ul, MemoryMarshal.Read<ulong>(opens[(at + 8)..]));
            Assert.Contains(MemoryMarshal.Read<ulong>(opens[(at + 16)..]), (ulong[])[0x0A, 0x12]); // RESOLVE_NO_MAGICLINKS with RESOLVE_BENEATH or RESOLVE_IN_ROOT
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ShortcutCode.AfterOpen - 1)]
    [InlineData(ShortcutCode.AfterOpen + 2)]
    [InlineData(ShortcutCode.AfterOpen + (1ul << 32))]
    public void Only_the_one_instruction_counts(ulong address)
    {
        Assert.Equal(FilterVerdict.Notify.Value, BpfInterpreter.RunAt(address, With, X64, (uint)SystemCall.openat2, 3, 0, ShortcutMemory.OpensAddress));
        Assert.Equal(FilterVerdict.Notify.Value, BpfInterpreter.RunAt(address, With, X64, (uint)SystemCall.fstat, 3, 0));
    }

    [Theory]
    [InlineData(SystemCall.open)]
    [InlineData(SystemCall.openat)]
    [InlineData(SystemCall.newfstatat)]
    [InlineData(SystemCall.readlink)]
    [InlineData(SystemCall.fstat)]
    public void And_by_it_only_openat2(SystemCall call) =>
        Assert.Equal(FilterVerdict.Notify.Value, BpfInterpreter.RunAt(ShortcutCode.AfterOpen, With, X64, (uint)call, 3, 0, ShortcutMemory.OpensAddress));

    [Fact]
    public void Without_a_kernel_that_keeps_the_step_in_its_tree_nothing_is() =>
        Assert.Equal(FilterVerdict.Notify.Value, BpfInterpreter.RunAt(ShortcutCode.AfterOpen, Without, X64, (uint)SystemCall.openat2, 3, 0, ShortcutMemory.OpensAddress));

    [Fact]
    public void Who_is_not_root_finds_the_way_shut_and_all_others_as_they_were()
    {
        Assert.Equal(FilterVerdict.Refuse(Errno.EACCES).Value, BpfInterpreter.RunAt(ShortcutCode.AfterOpen, GuestCalls.WithoutShortcuts, X64, (uint)SystemCall.openat2, 3, 0, ShortcutMemory.OpensAddress));
        foreach (uint number in (uint[])[0, (uint)SystemCall.openat2, (uint)SystemCall.execve, 500])
            Assert.Equal(FilterVerdict.Allow.Value, BpfInterpreter.Run(GuestCalls.WithoutShortcuts, X64, number));
    }

    [Theory]
    [InlineData(SystemCall.mmap, 0x7e9000000000, 4096, 0, 0x10, true)]
    [InlineData(SystemCall.mmap, 0x7e8fffff0000, 0x100000, 0, 0x10, true)]
    [InlineData(SystemCall.mmap, 0x10000, 0x7e9000000000, 0, 0x10, true)]
    [InlineData(SystemCall.mmap, 0, 0x7e9000000000, 0, 2, false)]
    [InlineData(SystemCall.mmap, 0x7f0000000000, 0x100000, 0, 0x10, false)]
    [InlineData(SystemCall.munmap, 0x7e9000016000, 4096, 0, 0, true)]
    [InlineData(SystemCall.munmap, 0x10000, 0x7ff000000000, 0, 0, true)]
    [InlineData(SystemCall.munmap, 0x7f0000000000, 4096, 0, 0, false)]
    [InlineData(SystemCall.mremap, 0x7e9000016000, 4096, 4096, 3, true)]
    [InlineData(SystemCall.mremap, 0x7f0000000000, 0x800000000, 4096, 1, true)]
    public void What_could_replace_the_memory_is_looked_at(SystemCall call, ulong first, ulong second, ulong third, ulong fourth, bool isLookedAt) =>
        Assert.Equal((isLookedAt ? FilterVerdict.Notify : FilterVerdict.Allow).Value, BpfInterpreter.Run(With, X64, (uint)call, first, second, third, fourth));

    [Fact]
    public void Nor_is_it_moved_upon_or_shared_over()
    {
        Assert.Equal(FilterVerdict.Notify.Value, BpfInterpreter.Run(With, X64, (uint)SystemCall.mremap, 0x7f0000000000, 4096, 4096, 3, ShortcutMemory.OpensAddress));
        Assert.Equal(FilterVerdict.Refuse(Errno.EINVAL).Value, BpfInterpreter.Run(With, X64, (uint)SystemCall.shmat, 1, ShortcutMemory.OpensAddress, 0x4000));
        Assert.Equal(FilterVerdict.Refuse(Errno.ENOSYS).Value, BpfInterpreter.Run(With, X64, (uint)SystemCall.remap_file_pages, ShortcutMemory.OpensAddress, 4096, 0, 1, 0));
    }
}
