// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Tracing;
using Kiln.Sandbox.Guest.Programs;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest;

public sealed class ElfImageTests
{
    private const int Header = 64, Entry = 56;

    private static (Errno Error, ElfImage? Image) Read(byte[] content)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, content);
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.DeleteOnClose);
        return (ElfImage.Read(file, out ElfImage? image), image);
    }

    /// <summary>A program with a segment of text and one of data, and an interpreter.</summary>
    private static byte[] Program()
    {
        byte[] file = new byte[Header + (4 * Entry) + 16];
        "\u007FELF\u0002\u0001\u0001"u8.CopyTo(file);
        Half(file, 16, 3);
        Half(file, 18, 62);
        Word(file, 24, 0x1040);
        Word(file, 32, Header);
        Half(file, 54, Entry);
        Half(file, 56, 4);
        Segment(file, 0, type: 3, flags: 4, offset: Header + (4 * Entry), address: 0, fileSize: 7, memorySize: 7, alignment: 1);
        "/lib/x\0"u8.CopyTo(file.AsSpan(Header + (4 * Entry)));
        Segment(file, 1, type: 1, flags: 5, offset: 0, address: 0, fileSize: 0x2000, memorySize: 0x2000, alignment: 0x200000);
        Segment(file, 2, type: 1, flags: 6, offset: 0x2E00, address: 0x3E00, fileSize: 0x100, memorySize: 0x5000, alignment: 0x1000);
        Segment(file, 3, type: 0x6474E551, flags: 7, offset: 0, address: 0, fileSize: 0, memorySize: 0, alignment: 16);
        return file;
    }

    private static void Segment(byte[] file, int index, int type, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize, ulong alignment)
    {
        int at = Header + (index * Entry);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), type);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + 4), flags);
        ulong[] words = [offset, address, address, fileSize, memorySize, alignment];
        MemoryMarshal.AsBytes<ulong>(words).CopyTo(file.AsSpan(at + 8));
    }

    private static void Half(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    private static void Word(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);

    private static byte[] Changed(Action<byte[]> change)
    {
        byte[] file = Program();
        change(file);
        return file;
    }

    [Fact]
    public void What_the_kernel_takes_of_a_program_is_read()
    {
        (Errno error, ElfImage? image) = Read(Program());

        Assert.Equal(Errno.None, error);
        Assert.Equal((true, 0x1040UL, (ulong)Header, 4, true, 0x200000UL),
            (image!.IsPositionIndependent, image.Entry, image.ProgramHeaders, image.ProgramHeaderCount, image.HasExecutableStack, image.Alignment));
        Assert.Equal("/lib/x"u8.ToArray(), image.Interpreter);
        Assert.Equal([MemoryAccess.Read | MemoryAccess.Execute, MemoryAccess.Read | MemoryAccess.Write], image.Segments.Select(segment => segment.Access));
    }

    [Fact]
    public void The_machine_s_own_programs_are_read()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists("/bin/sh"), "no programs for x86-64");
        using SafeFileHandle shell = File.OpenHandle("/bin/sh");

        Assert.Equal(Errno.None, ElfImage.Read(shell, out ElfImage? image));
        Assert.All(image!.Segments, segment => Assert.True(segment.FileEnd <= segment.End));
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "nothing", [] },
        { "text", "echo hello, this is no program but some words that are long enough to be one\n"u8.ToArray() },
        { "of 32 bits", Changed(file => file[4] = 1) },
        { "for another machine", Changed(file => Half(file, 18, 183)) },
        { "an object", Changed(file => Half(file, 16, 1)) },
        { "headers of another size", Changed(file => Half(file, 54, 57)) },
        { "no headers", Changed(file => Half(file, 56, 0)) },
        { "headers behind the end", Changed(file => Word(file, 32, 1000)) },
        { "headers nowhere", Changed(file => Word(file, 32, ulong.MaxValue - 8)) },
        { "too many headers", Changed(file => Half(file, 56, 0xFFFF)) },
        { "an interpreter without an end", Changed(file => file[Header + (4 * Entry) + 6] = (byte)'x') },
        { "an interpreter behind the end", Changed(file => Word(file, Header + 8, 0x10000)) },
        { "an endless interpreter", Changed(file => Word(file, Header + 32, ulong.MaxValue)) },
        { "more in the file than in memory", Changed(file => Word(file, Header + Entry + 40, 0x1FFF)) },
        { "beyond all addresses", Changed(file => Word(file, Header + (2 * Entry) + 40, ulong.MaxValue)) },
        { "across the end of addresses", Changed(file => Word(file, Header + (2 * Entry) + 16, ElfImage.AddressEnd - 0x1200)) },
        { "not in its page", Changed(file => Word(file, Header + (2 * Entry) + 8, 0x2E01)) },
        { "falling addresses", Changed(file => Word(file, Header + Entry + 16, 0x100000)) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_the_kernel_would_not_execute_is_refused(string what, byte[] content)
    {
        Assert.NotNull(what);
        Assert.Equal((Errno.ENOEXEC, null), Read(content));
    }
}
