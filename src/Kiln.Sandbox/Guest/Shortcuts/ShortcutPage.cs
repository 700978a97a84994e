// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Kiln.Sandbox.Guest.Shortcuts;

/// <summary>
/// A page of a process's own text, near its libraries: a mark and the process's number, a switch and the code's address, and from there a trampoline for each place that takes a shortcut. A child made by fork has a copy with its parent's number in it, which
/// works and to which nothing is added.
/// </summary>
internal static class ShortcutPage
{
    public const int Size = 4096, HeaderSize = 32, TrampolineSize = 32;

    /// <summary>How many places of a process can have one.</summary>
    public const int MostTrampolines = (Size - HeaderSize) / TrampolineSize;

    /// <summary>Where the switch is: not 0, and no place takes a shortcut.</summary>
    public const int Switch = 16;

    private const int Entry = 24;

    public static ReadOnlySpan<byte> Mark => "shortcut"u8;

    /// <summary>What stands at a page's start.</summary>
    public static byte[] HeaderOf(int processId)
    {
        byte[] header = new byte[HeaderSize];
        Mark.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(Mark.Length), (ulong)processId);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(Entry), ShortcutCode.Address);
        return header;
    }

    /// <summary>
    /// Machine code that goes to <see cref="ShortcutCode"/> with the address to go on at in r11 and the page's in rcx, which a system call takes anyway. The call's number is in rax by what the program does itself.
    /// </summary>
    /// <param name="address">Where it will lie.</param>
    /// <param name="page">Where the page lies.</param>
    /// <param name="replaced">The program's instruction that went for the jump.</param>
    /// <param name="returnAddress">Behind its `syscall`.</param>
    public static byte[] Trampoline(ulong address, ulong page, ReadOnlySpan<byte> replaced, ulong returnAddress)
    {
        byte[] code = new byte[TrampolineSize];
        ReadOnlySpan<byte> pattern =
        [
            0x4c, 0x8d, 0x1d, 0, 0, 0, 0,       // lea  return(%rip), %r11
            0x48, 0x8d, 0x0d, 0, 0, 0, 0,       // lea  page(%rip), %rcx
            0, 0, 0, 0, 0,                      // what was there
            0xff, 0x25, 0, 0, 0, 0,             // jmp  *entry(%rip)
        ];
        pattern.CopyTo(code);
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(3), (int)(returnAddress - (address + 7)));
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(10), (int)(page - (address + 14)));
        replaced.CopyTo(code.AsSpan(14));
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(21), (int)(page + Entry - (address + 25)));
        return code;
    }
}
