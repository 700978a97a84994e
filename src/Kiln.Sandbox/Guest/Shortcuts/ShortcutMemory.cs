// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Guest.Shortcuts;

/// <summary>
/// What the supervisor tells <see cref="ShortcutCode"/>, behind it in memory that all processes of a step have mapped to read: which paths are known to be no link or not to be there, and which inodes anything is recorded of.
/// All of it is of the step's own tree and what root may know of it, and who writes into his own copy of the code misleads nobody but himself.
/// </summary>
internal sealed class ShortcutMemory : IDisposable
{
    public const int LongestPath = 227;

    /// <summary>
    /// Where the descriptions of opens stand (struct open_how, openat2(2)), and which bits of an address in the memory may differ from that: one for each of <see cref="ShortcutCode"/>'s flags, from the root and, behind those, from
    /// another directory. None of them leads out of the tree.
    /// </summary>
    public const ulong OpensAddress = ShortcutCode.Address + Opens, OpensMask = ~0xFE0ul;

    private const int Device = 0x1000, Generation = 0x1008, Making = 0x1010, AllSignals = 0x1020;
    private const int Slots = 0x2000, SlotCount = 4096;
    private const int Recorded = 0x6000, RecordedBits = 1 << 19;
    private const int Opens = 0x16000, OpenCount = 64, OpenSize = 32;
    private const int Facts = 0x17000, FactCount = 2048, FactSize = 256;
    public const int Size = Facts + (FactCount * FactSize);

    private const ulong PageSize = 4096;
    private const uint Ways = 4; // places at which a fact may stand, side by side

    // Of a fact: its sequence, odd while it is written, and what it holds.
    private const int Hash = 4, FactGeneration = 8, Slot = 12, SlotValue = 16, Result = 20, Length = 24, Path = 28;

    private readonly Lock _writing = new();
    private readonly SharedPages? _pages;
    private readonly byte[]? _own;
    private bool _isDisposed;

    private ShortcutMemory(SharedPages? pages) => (_pages, _own) = (pages, pages is null ? new byte[Size] : null);

    /// <summary>For the supervisor's own use alone.</summary>
    public static ShortcutMemory OfSupervisor() => new(pages: null);

    /// <summary>To be shared with the step, if the kernel has the memory for it.</summary>
    /// <param name="fileSystem">Of the step's tree.</param>
    public static ShortcutMemory Create(DeviceNumber fileSystem)
    {
        var memory = new ShortcutMemory(SharedPages.TryCreate("shortcuts", Size));
        Span<byte> bytes = memory.Bytes;
        ShortcutCode.X64.CopyTo(bytes);
        MemoryMarshal.Write(bytes[Device..], fileSystem.Packed);
        MemoryMarshal.Write(bytes[Generation..], 1); // facts that nobody has written have 0
        MemoryMarshal.Write(bytes[AllSignals..], ulong.MaxValue);
        for (int i = 0; i < 2 * OpenCount; i++)
        {
            Span<byte> how = bytes.Slice(Opens + (i * OpenSize), OpenSize);
            MemoryMarshal.Write(how, (ulong)ShortcutCode.FlagsOf(i % OpenCount));
            MemoryMarshal.Write(how[(2 * sizeof(ulong))..], (ulong)(PathResolve.NoMagicLinks | (i < OpenCount ? PathResolve.InRoot : PathResolve.Beneath)));
        }
        return memory;
    }

    /// <summary>By which a process of the step maps it; null where it is not shared.</summary>
    public SharedPages? Pages => _pages;

    private Span<byte> Bytes => _pages is null ? _own : _pages.Bytes;

    /// <summary>What reading an absolute path as a link gives, EINVAL or ENOENT; <see cref="Errno.None"/> where that is not known.</summary>
    public Errno Find(ReadOnlySpan<byte> path)
    {
        uint hash = HashOf(path);
        lock (_writing)
        {
            for (uint way = 0; way < Ways; way++)
            {
                Span<byte> fact = FactAt(hash, way);
                if (IsOf(fact, hash, path) && IsValid(fact))
                    return (Errno)(-(int)Read(fact, Result));
            }
        }
        return Errno.None;
    }

    /// <summary>How often any name may have changed. To be read before a path is looked up that is to be kept.</summary>
    public uint Changes => Read(Bytes, Generation);

    /// <summary>How often a name in a directory may have changed. To be read before it is looked at.</summary>
    public uint ChangesOf(ulong directory, ReadOnlySpan<byte> name) => Read(SlotAt(SlotOf(directory, name)), 0);

    /// <summary>Keeps what was found of a path of at most <see cref="LongestPath"/> bytes, until the name changes that decides it: it may have meanwhile.</summary>
    /// <param name="path">The path, absolute in the tree.</param>
    /// <param name="error">What reading it as a link gives.</param>
    /// <param name="directory">The inode in which the last name stands, or the one that is not there.</param>
    /// <param name="name">That name.</param>
    /// <param name="changes">What <see cref="Changes"/> was.</param>
    /// <param name="changesOfName">What <see cref="ChangesOf"/> was.</param>
    public void Add(ReadOnlySpan<byte> path, Errno error, ulong directory, ReadOnlySpan<byte> name, uint changes, uint changesOfName)
    {
        lock (_writing)
        {
            uint hash = HashOf(path);
            // In the place of the same path, of what counts no more, or of what was written least often.
            Span<byte> fact = FactAt(hash, 0);
            for (uint way = 1; way < Ways && !IsOf(fact, hash, path) && IsValid(fact); way++)
            {
                Span<byte> other = FactAt(hash, way);
                if (IsOf(other, hash, path) || !IsValid(other) || Read(other, 0) < Read(fact, 0))
                    fact = other;
            }
            uint sequence = Read(fact, 0);
            Write(fact, 0, sequence + 1);
            Write(fact, Hash, hash);
            Write(fact, FactGeneration, changes);
            Write(fact, Slot, SlotOf(directory, name));
            Write(fact, SlotValue, changesOfName);
            Write(fact, Result, (uint)-(int)error);
            Write(fact, Length, (uint)path.Length);
            path.CopyTo(fact[Path..]);
            Write(fact, 0, sequence + 2);
        }
    }

    /// <summary>Any name may have changed.</summary>
    public void Forget() => Interlocked.Increment(ref MemoryMarshal.AsRef<uint>(Bytes[Generation..]));

    /// <summary>A name that leads no further, no directory and no link, was made or taken away.</summary>
    public void Forget(ulong directory, ReadOnlySpan<byte> name) => Interlocked.Increment(ref MemoryMarshal.AsRef<uint>(SlotAt(SlotOf(directory, name))));

    /// <summary>Whether something is on disk that has no record yet and may be going to have one: meanwhile nobody takes a file for what the disk says. One thread at a time says so.</summary>
    public void SetMaking(bool isMaking) => Volatile.Write(ref Bytes[Making], isMaking ? (byte)1 : (byte)0);

    /// <summary>An inode is, or may be, more than the disk says of it. On any thread; it stays so.</summary>
    public void MarkRecorded(ulong inode)
    {
        uint bit = (uint)(inode ^ (inode >> 19)) & (RecordedBits - 1);
        lock (_writing)
        {
            // Another step may be recording a file of its own while this one ends.
            if (!_isDisposed)
                Bytes[Recorded + (int)(bit / 8)] |= (byte)(1 << (int)(bit % 8));
        }
    }

    /// <summary>Whether a call that maps memory would put something else in the place of this.</summary>
    public static bool IsTouchedBy(in TrappedCall call)
    {
        const int isFixed = 0x10, isMovedThere = 2; // MAP_FIXED, MREMAP_FIXED
        return call.Call switch
        {
            SystemCall.mmap => (call.Number(3) & isFixed) != 0 && Overlaps(call.Pointer(0), call.Pointer(1)),
            SystemCall.munmap => Overlaps(call.Pointer(0), call.Pointer(1)),
            SystemCall.mremap => Overlaps(call.Pointer(0), call.Pointer(1)) || ((call.Number(3) & isMovedThere) != 0 && Overlaps(call.Pointer(4), call.Pointer(2))),
            _ => true,
        };
    }

    /// <summary>An address within a page is the kernel's to refuse, and the rest of a last page in front of this ends where this begins.</summary>
    private static bool Overlaps(ulong address, ulong length) =>
        address < ShortcutCode.Address + Size && (length > ulong.MaxValue - address || address + length > ShortcutCode.Address);

    public void Dispose()
    {
        lock (_writing)
            _isDisposed = true;
        _pages?.Dispose();
    }

    private bool IsValid(Span<byte> fact) => Read(fact, FactGeneration) == Read(Bytes, Generation) && Read(SlotAt(Read(fact, Slot)), 0) == Read(fact, SlotValue);

    private static bool IsOf(Span<byte> fact, uint hash, ReadOnlySpan<byte> path) =>
        Read(fact, Hash) == hash && Read(fact, Length) == (uint)path.Length && path.SequenceEqual(fact.Slice(Path, path.Length));

    /// <summary>FNV-1a.</summary>
    private static uint HashOf(ReadOnlySpan<byte> path)
    {
        uint hash = 2166136261;
        foreach (byte part in path)
            hash = (hash ^ part) * 16777619;
        return hash;
    }

    private static uint SlotOf(ulong directory, ReadOnlySpan<byte> name)
    {
        ulong mixed = (directory ^ ((ulong)HashOf(name) << 20)) * 0x9E3779B97F4A7C15; // 2^64 by the golden ratio: every bit counts in the highest
        return (uint)(mixed >> 52);
    }

    private Span<byte> FactAt(uint hash, uint way) => Bytes.Slice(Facts + (int)((hash % FactCount & ~(Ways - 1)) + way) * FactSize, FactSize);

    private Span<byte> SlotAt(uint slot) => Bytes.Slice(Slots + ((int)(slot % SlotCount) * sizeof(uint)), sizeof(uint));

    private static uint Read(Span<byte> bytes, int offset) => Volatile.Read(ref MemoryMarshal.AsRef<uint>(bytes[offset..]));

    /// <summary>In this order for all who read: x86-64 keeps the order of stores, and a volatile write that of the compiler's.</summary>
    private static void Write(Span<byte> bytes, int offset, uint value) => Volatile.Write(ref MemoryMarshal.AsRef<uint>(bytes[offset..]), value);
}
