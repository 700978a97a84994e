// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using Kiln.Linux;
using Kiln.Linux.Tracing;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>What the kernel takes of a program's ELF header and program headers, elf(5), checked: an x86-64 program of fixed addresses (ET_EXEC) or of any (ET_DYN).</summary>
internal sealed record ElfImage
{
    /// <summary>TASK_SIZE_MAX of x86-64 without five-level page tables: where a process's addresses end.</summary>
    public const ulong AddressEnd = 0x7FFFFFFFF000;

    public const int HeaderEntrySize = 56; // sizeof(Elf64_Phdr)
    private const int HeaderSize = 64;     // sizeof(Elf64_Ehdr)
    private const int LongestHeaders = 65536; // as the kernel's elf_read_phdrs has it
    private const int LongestInterpreter = 4096;
    private const ulong PageSize = 4096;
    private const int PtLoad = 1, PtInterp = 3, PtGnuStack = 0x6474E551;
    private const uint PfExecute = 1, PfWrite = 2, PfRead = 4;

    /// <summary>Whether it may lie anywhere.</summary>
    public required bool IsPositionIndependent { get; init; }

    /// <summary>Where it begins, before it is moved.</summary>
    public required ulong Entry { get; init; }

    /// <summary>Where its program headers are in memory, before it is moved; 0 where no segment holds them.</summary>
    public required ulong ProgramHeaders { get; init; }

    public required int ProgramHeaderCount { get; init; }

    /// <summary>What is loaded, by rising addresses.</summary>
    public required ImmutableArray<ElfSegment> Segments { get; init; }

    /// <summary>The path of the program that loads its libraries; null for one that is complete.</summary>
    public required byte[]? Interpreter { get; init; }

    public required bool HasExecutableStack { get; init; }

    /// <summary>What the place that it is moved to must be a multiple of.</summary>
    public required ulong Alignment { get; init; }

    /// <summary>Reads the headers. Without an error there is an image; <see cref="Errno.ENOEXEC"/> is what the kernel says of anything else.</summary>
    public static Errno Read(SafeFileHandle file, out ElfImage? image)
    {
        image = null;
        Span<byte> header = stackalloc byte[HeaderSize];
        if (!TryRead(file, header, 0) || !IsForThisMachine(header))
            return Errno.ENOEXEC;
        int type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (type is not (2 or 3) || BinaryPrimitives.ReadUInt16LittleEndian(header[54..]) != HeaderEntrySize || count is 0 or > LongestHeaders / HeaderEntrySize || offset > long.MaxValue - LongestHeaders)
            return Errno.ENOEXEC;
        byte[] entries = new byte[count * HeaderEntrySize];
        if (!TryRead(file, entries, (long)offset))
            return Errno.ENOEXEC;
        image = Parse(file, entries, offset, BinaryPrimitives.ReadUInt64LittleEndian(header[24..]), type == 3);
        return image is null ? Errno.ENOEXEC : Errno.None;
    }

    private static ElfImage? Parse(SafeFileHandle file, ReadOnlySpan<byte> entries, ulong headersOffset, ulong entry, bool isPositionIndependent)
    {
        var segments = ImmutableArray.CreateBuilder<ElfSegment>();
        byte[]? interpreter = null;
        bool hasExecutableStack = false;
        ulong alignment = PageSize, headers = 0;
        for (ReadOnlySpan<byte> rest = entries; !rest.IsEmpty; rest = rest[HeaderEntrySize..])
        {
            uint flags = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            ulong Word(ReadOnlySpan<byte> from, int index) => BinaryPrimitives.ReadUInt64LittleEndian(from[(8 * index)..]);
            switch (BinaryPrimitives.ReadInt32LittleEndian(rest))
            {
                case PtInterp when interpreter is null:
                    interpreter = ReadInterpreter(file, Word(rest, 1), Word(rest, 4));
                    if (interpreter is null)
                        return null;
                    break;
                case PtGnuStack:
                    hasExecutableStack = (flags & PfExecute) != 0;
                    break;
                case PtLoad:
                    var segment = new ElfSegment(Word(rest, 1), Word(rest, 4), Word(rest, 2), Word(rest, 5), FindAccess(flags));
                    if (!IsSound(segment) || (segments.Count > 0 && segment.Address < segments[^1].Address))
                        return null;
                    segments.Add(segment);
                    if (headersOffset >= segment.Offset && headersOffset < segment.Offset + segment.FileSize)
                        headers = headersOffset - segment.Offset + segment.Address;
                    if (BitOperations.IsPow2(Word(rest, 6)) && Word(rest, 6) < AddressEnd)
                        alignment = Math.Max(alignment, Word(rest, 6));
                    break;
            }
        }
        return segments.Count == 0 ? null : new ElfImage
        {
            IsPositionIndependent = isPositionIndependent,
            Entry = entry,
            ProgramHeaders = headers,
            ProgramHeaderCount = entries.Length / HeaderEntrySize,
            Segments = segments.DrainToImmutable(),
            Interpreter = interpreter,
            HasExecutableStack = hasExecutableStack,
            Alignment = alignment,
        };
    }

    private static MemoryAccess FindAccess(uint flags) =>
        ((flags & PfRead) != 0 ? MemoryAccess.Read : 0) | ((flags & PfWrite) != 0 ? MemoryAccess.Write : 0) | ((flags & PfExecute) != 0 ? MemoryAccess.Execute : 0);

    private static bool IsForThisMachine(ReadOnlySpan<byte> header) =>
        header.StartsWith("\u007FELF\u0002\u0001"u8) && BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) == 62; // EM_X86_64, 64 bits, little end first

    private static bool IsSound(in ElfSegment segment) =>
        segment.FileSize <= segment.MemorySize && segment.MemorySize < AddressEnd && segment.Address < AddressEnd - segment.MemorySize
        && segment.Offset < long.MaxValue - AddressEnd && (segment.FileSize == 0 || (segment.Offset - segment.Address) % PageSize == 0);

    /// <summary>A path with a NUL at its end, which is left off.</summary>
    private static byte[]? ReadInterpreter(SafeFileHandle file, ulong offset, ulong length)
    {
        if (length is < 2 or > LongestInterpreter || offset > long.MaxValue - LongestInterpreter)
            return null;
        byte[] text = new byte[length];
        return TryRead(file, text, (long)offset) && text[^1] == 0 ? text[..text.AsSpan().IndexOf((byte)0)] : null;
    }

    private static bool TryRead(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            int count = RandomAccess.Read(file, buffer, offset);
            if (count <= 0)
                return false;
            buffer = buffer[count..];
            offset += count;
        }
        return true;
    }
}
