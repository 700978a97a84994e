// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Linux.Tracing;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>
/// How a program is put into the memory of a process that executes its ELF interpreter, as the kernel would have done (load_elf_binary in fs/binfmt_elf.c): the calls that map it, and what is
/// to be cleared of its last pages from files.
/// </summary>
internal sealed class ProgramMapping
{
    private const ulong PageSize = 4096;
    private const int MostHeapGap = 0x2000; // pages between a program and its heap: arch_randomize_brk has 32 MiB

    /// <summary>
    /// Linux: a program that may lie anywhere lies between 0x555555554000 (ELF_ET_DYN_BASE) and a tebibyte above. The heap begins there too where the kernel cannot be told of the program, and is left 64 GiB.
    /// </summary>
    private const ulong LowestPlace = 0x556555554000, HighestPlace = 0x565555554000;

    private readonly List<InjectedCall> _calls = [];
    private readonly List<(ulong Address, int Length)> _cleared = [];

    private ProgramMapping(ulong moved) => Moved = moved;

    /// <summary>How far the program lies from its own addresses.</summary>
    public ulong Moved { get; }

    public IReadOnlyList<InjectedCall> Calls => _calls;

    public IReadOnlyList<(ulong Address, int Length)> Cleared => _cleared;

    /// <param name="image">The program.</param>
    /// <param name="descriptor">The process's own descriptor for it.</param>
    /// <param name="isRandom">Whether it lies somewhere else every time.</param>
    public static ProgramMapping Plan(ElfImage image, int descriptor, bool isRandom)
    {
        ulong lowest = PageStart(image.Segments[0].Address), length = PageEnd(image.Segments.Max(segment => segment.End)) - lowest;
        var mapping = new ProgramMapping(image.IsPositionIndependent ? FindPlace(image, length, isRandom) - lowest : 0);

        // Nothing that lies there may be replaced; from then on the program's own parts may, which can share pages.
        mapping._calls.Add(InjectedCall.Reserve(mapping.Moved + lowest, length));
        mapping._calls.Add(InjectedCall.Unmap(mapping.Moved + lowest, length));
        foreach (ElfSegment segment in image.Segments)
            mapping.Map(segment, descriptor);
        return mapping;
    }

    /// <summary>What the kernel would have noted of the program; null for one without code.</summary>
    public ProcessLayout? Describe(ElfImage image, InitialStack before, StackLayout stack, bool isRandom)
    {
        ElfSegment[] code = [.. image.Segments.Where(segment => segment.Access.HasFlag(MemoryAccess.Execute) && segment.FileSize > 0)];
        if (code.Length == 0)
            return null;
        ulong gap = isRandom ? (ulong)RandomNumberGenerator.GetInt32(MostHeapGap) * PageSize : 0;
        return new ProcessLayout
        {
            Code = (Moved + code[0].Address, Moved + code.Max(segment => segment.FileEnd)),
            Data = (Moved + image.Segments[^1].Address, Moved + image.Segments.Max(segment => segment.FileEnd)),
            Heap = PageEnd(Moved + image.Segments.Max(segment => segment.End)) + gap,
            Stack = stack.Address,
            Arguments = stack.Arguments,
            Environment = before.EnvironmentTexts,
        };
    }

    private static ulong FindPlace(ElfImage image, ulong length, bool isRandom)
    {
        ulong room = length < HighestPlace - LowestPlace ? HighestPlace - LowestPlace - length : PageSize;
        ulong place = LowestPlace + (isRandom ? (ulong)RandomNumberGenerator.GetInt32((int)Math.Max(1, room / PageSize)) * PageSize : 0);
        return (place + image.Alignment - 1) & ~(image.Alignment - 1);
    }

    private void Map(in ElfSegment segment, int descriptor)
    {
        ulong start = segment.Address + Moved, fileEnd = start + segment.FileSize, end = start + segment.MemorySize, inPage = start % PageSize;
        ulong mapped = PageStart(start);
        if (segment.FileSize > 0)
        {
            mapped = PageEnd(fileEnd);
            _calls.Add(InjectedCall.MapFile(PageStart(start), mapped - PageStart(start), segment.Access, descriptor, segment.Offset - inPage));
            if (segment.MemorySize > segment.FileSize && segment.Access.HasFlag(MemoryAccess.Write) && fileEnd < mapped)
                _cleared.Add((fileEnd, (int)(mapped - fileEnd)));
        }
        if (PageEnd(end) > mapped)
            _calls.Add(InjectedCall.MapZeros(mapped, PageEnd(end) - mapped, MemoryAccess.Read | MemoryAccess.Write | (segment.Access & MemoryAccess.Execute)));
    }

    private static ulong PageStart(ulong address) => address & ~(PageSize - 1);

    private static ulong PageEnd(ulong address) => PageStart(address + PageSize - 1);
}
