// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Shortcuts;

/// <summary>
/// Has programs take shortcuts: where one makes a call by `mov $number, %eax; syscall`, or `mov $AT_FDCWD, %edi; syscall`, as libraries do, the first of the two becomes a jump in the process's own copy of the text. The second
/// stays, for who is just before it. That is done while the process's only thread waits for an answer or for its program to begin, and never in a child that shares its parent's memory. What was found in a file once is done at
/// once where another process has the same text.
/// </summary>
/// <param name="processes">`/proc`.</param>
internal sealed class ShortcutPatches(Place processes)
{
    private const int Kept = 4096;
    private const int LeastCalls = 3;   // a program that makes fewer is not worth it
    private const int MostRefused = 16; // places of a program that turned out to be otherwise
    private const int MostOfFile = 64;
    private const int Lessons = 256;
    private const int Instruction = 5;  // mov imm32, register
    private const int SystemCallLength = 2;

    private readonly Process?[] _processes = new Process?[Kept];
    private int _lessons = Lessons;
    private readonly ConcurrentDictionary<MappedFile, ConcurrentDictionary<ulong, SystemCall>> _known = new();

    /// <summary>A process is going to begin with a program, and has a page for trampolines.</summary>
    /// <param name="processId">The process, which is held.</param>
    /// <param name="page">Where its page lies.</param>
    /// <param name="entry">Where it begins: in the text of its ELF interpreter, or its own.</param>
    public void Begin(int processId, ulong page, ulong entry)
    {
        var process = new Process(processId, page);
        if (ProcessMemory.FindPrivateText(processId, entry) is { } text && _known.ContainsKey(text.File))
            _ = PatchKnown(process, text);
        Volatile.Write(ref _processes[processId % Kept], process);
    }

    /// <summary>A call was trapped that a shortcut may do for, and its caller waits.</summary>
    public void Consider(in TrappedCall call)
    {
        ulong place = call.ReturnAddress - Instruction - SystemCallLength;
        if (Volatile.Read(ref _processes[call.ThreadId % Kept]) is not { } process || process.Id != call.ThreadId || place - ShortcutCode.Address < ShortcutMemory.Size)
            return;
        lock (process)
        {
            bool isEarly = ++process.Calls < LeastCalls;
            if (process.Refused.Count < MostRefused && !process.Refused.Contains(place) && !(isEarly ? Learn(process, call, place) : TryPatch(process, call, place)))
                process.Refused.Add(place);
        }
    }

    /// <summary>A process, and who shares its memory or is made by it from now on, takes none any more. Its page may be its parent's copy: it is looked for.</summary>
    public void SwitchOff(int processId)
    {
        Span<byte> header = stackalloc byte[ShortcutPage.Mark.Length];
        foreach (ulong page in FindCodePages(processId))
        {
            if (!ProcessMemory.TryRead(processId, page, header, out _) || !header.SequenceEqual(ShortcutPage.Mark) || !ProcessMemory.TryOpenToWrite(processId, out SafeFileHandle? memory))
                continue;
            using (memory)
                _ = ProcessMemory.TryWrite(memory, page + ShortcutPage.Switch, [1]);
        }
    }

    private bool TryPatch(Process process, in TrappedCall call, ulong place) =>
        IsStill(process) && HasOneThread(process.Id) && FindText(process, call, place) is { } text && PatchKnown(process, text) && process.Patched.Contains(place);

    /// <summary>A program's first calls are made once, each at its own place: by the next program there is something to patch. So many such places there are not.</summary>
    private bool Learn(Process process, in TrappedCall call, ulong place) => Interlocked.Decrement(ref _lessons) < 0 || !IsStill(process) || FindText(process, call, place) is not null;

    /// <summary>The text that a place lies in, which is known from now on.</summary>
    private MappedText? FindText(Process process, in TrappedCall call, ulong place)
    {
        if (ProcessMemory.FindPrivateText(process.Id, place) is not { } text || text.Start == place)
            return null;
        ConcurrentDictionary<ulong, SystemCall> known = _known.GetOrAdd(text.File, _ => new ConcurrentDictionary<ulong, SystemCall>());
        if (known.Count < MostOfFile)
            known[place - text.Start + text.Offset] = call.Call!.Value;
        return text;
    }

    /// <summary>All places of a text that are known, and are there.</summary>
    private bool PatchKnown(Process process, in MappedText text)
    {
        if (!ProcessMemory.TryOpenToWrite(process.Id, out SafeFileHandle? memory))
            return false;
        using (memory)
        {
            foreach ((ulong offset, SystemCall call) in _known[text.File])
            {
                ulong place = text.Start + offset - text.Offset;
                if (offset > text.Offset && place + Instruction + SystemCallLength <= text.End && !process.Patched.Contains(place) && TryPatch(process, memory, place, (int)call))
                    process.Patched.Add(place);
            }
        }
        return true;
    }

    private static bool TryPatch(Process process, SafeFileHandle memory, ulong place, int number)
    {
        Span<byte> code = stackalloc byte[1 + Instruction + SystemCallLength], jump = stackalloc byte[Instruction];
        ulong trampoline = process.Page + ShortcutPage.HeaderSize + ((ulong)process.Patched.Count * ShortcutPage.TrampolineSize);
        long distance = (long)(trampoline - (place + Instruction));
        if ((int)distance != distance || process.Patched.Count == ShortcutPage.MostTrampolines || !ProcessMemory.TryRead(process.Id, place - 1, code, out _) || !IsKnown(code, number)
            || !ProcessMemory.TryWrite(memory, trampoline, ShortcutPage.Trampoline(trampoline, process.Page, code.Slice(1, Instruction), place + Instruction + SystemCallLength)))
            return false;
        jump[0] = 0xe9; // jmp
        BinaryPrimitives.WriteInt32LittleEndian(jump[1..], (int)distance);
        return ProcessMemory.TryWrite(memory, place, jump);
    }

    /// <summary>With the byte before them: where that may be a prefix the instruction is another one.</summary>
    private static bool IsKnown(ReadOnlySpan<byte> code, int number) => (code[0] & 0xF0) != 0x40 && code[6..] is [0x0f, 0x05] && BinaryPrimitives.ReadInt32LittleEndian(code[2..]) is var value
        && (code[1] == 0xb8 ? value == number : code[1] == 0xbf && value == GuestCall.CurrentDirectory);

    /// <summary>A number may be another process's by now: that has another page there, or none.</summary>
    private static bool IsStill(Process process)
    {
        Span<byte> header = stackalloc byte[ShortcutPage.Switch];
        return ProcessMemory.TryRead(process.Id, process.Page, header, out _) && header.SequenceEqual(ShortcutPage.HeaderOf(process.Id).AsSpan(0, header.Length));
    }

    /// <summary>A directory has two links of its own, and one from each below it.</summary>
    private bool HasOneThread(int processId) =>
        processes.GetStatus(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{processId}/task\0")), out FullStatus status) == Errno.None && status.LinkCount == 3;

    /// <summary>Pages of its own text that come from no file, proc_pid_maps(5).</summary>
    private static IEnumerable<ulong> FindCodePages(int processId)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps"));
        }
        catch (IOException)
        {
            yield break; // it has ended
        }
        foreach (string line in lines)
            if (line.Split(' ') is [var range, "r-xp", _, _, "0", ..] && range.Split('-') is [var start, var end]
                && ulong.Parse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var address && ulong.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - address == ShortcutPage.Size)
                yield return address;
    }

    private sealed class Process(int id, ulong page)
    {
        public int Id => id;

        public ulong Page => page;

        public int Calls { get; set; }

        public List<ulong> Patched { get; } = [];

        public List<ulong> Refused { get; } = [];
    }
}
