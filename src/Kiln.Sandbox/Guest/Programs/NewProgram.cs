// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Tracing;
using Kiln.Sandbox.Guest.Shortcuts;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>A process that has executed a file and has not begun with it. It has one thread and its memory for itself, so nothing changes under our hands any more.</summary>
/// <param name="caller">It.</param>
/// <param name="plan">What it is to be.</param>
/// <param name="programDescriptor">By which it has its program.</param>
/// <param name="shortcuts">What it takes; null where it takes none.</param>
/// <param name="endsShortcuts">Whether it is the first that may not take any.</param>
/// <param name="shortcutDescriptors">What it has for that, and may not have any more.</param>
internal sealed class NewProgram(HeldCaller caller, ProgramPlan plan, int programDescriptor, GuestShortcuts? shortcuts, bool endsShortcuts, int[] shortcutDescriptors)
{
    private const ulong PageSize = 4096;
    private const int NameLength = InjectedCall.LongestName + 1;
    private const ulong PageGap = 16 << 20;
    private const ulong LowPage = 0x100000; // below what is linked to a fixed address, and above what the kernel shuts (vm.mmap_min_addr)
    private const int MostVectors = 16 << 20;
    private const ulong MostMoved = 64 << 10;
    private const ulong LongestDescription = 1024; // a prctl_mm_map and an auxiliary vector, which has about 25 entries

    private readonly TracedThread _thread = caller.Thread;

    /// <summary>1. makes sure that it is the program that was meant; 2. says so; 3. maps what the kernel did not; 4. tells it who it is; 5. lets it go.</summary>
    public void Settle()
    {
        // Step 1. The interpreter of a file that was changed meanwhile would be one of the builder's: it shows by its address.
        ThreadRegisters registers = _thread.ReadRegisters();
        InitialStack stack = ReadStack(registers.StackPointer);
        if (!_thread.IsExecuting(plan.Executed) || stack.Find(AuxiliaryKey.InterpreterAddress) != 0
            || (plan.Program is not null && !_thread.HasDescriptor(programDescriptor, plan.Program)))
        {
            _thread.Kill();
            return;
        }

        // Step 2.
        if (plan.Commit?.Invoke(_thread.Id, endsShortcuts) == false)
        {
            _thread.Kill();
            return;
        }

        // Step 3.
        bool isRandom = IsRandomized(stack);
        ProgramMapping? mapping = plan.ProgramImage is { } image ? ProgramMapping.Plan(image, programDescriptor, isRandom) : null;
        byte[]? later = plan.Prefix.IsEmpty ? null : ReadLaterArguments(stack);
        StackLayout layout = stack.Rebuild(plan.Prefix, later, plan.ExecutedName, DescribeValues(mapping, stack));
        MakeCalls(mapping, mapping?.Describe(plan.ProgramImage!, stack, layout, isRandom), registers, stack, layout);
        foreach ((ulong address, int length) in mapping?.Cleared ?? [])
            Write(address, new byte[length]);

        // Step 4.
        _thread.GrowStack(layout.Address);
        Write(layout.Address, layout.Bytes);

        // Step 5.
        caller.Release(registers.At(registers.InstructionPointer, layout.Address));
    }

    /// <summary>One stop for all calls. A program that cannot be mapped is killed, as by the kernel, which has gone too far for an error as well.</summary>
    private void MakeCalls(ProgramMapping? mapping, ProcessLayout? process, in ThreadRegisters registers, InitialStack stack, StackLayout layout)
    {
        List<InjectedCall> calls = [.. mapping?.Calls ?? []];
        if (plan.Program is not null)
            calls.Add(InjectedCall.Close(programDescriptor));
        if (plan.ProgramImage is { HasExecutableStack: true })
        {
            ulong lowest = registers.StackPointer & ~(PageSize - 1);
            calls.Add(InjectedCall.MakeStackExecutable(lowest, FindStackEnd(stack) - lowest));
        }
        // What is needed for the time being lies below the stack pointer. The kernel has added 128 KiB there (setup_arg_pages), which pointers to many arguments may have used up.
        ulong name = registers.StackPointer - NameLength;
        calls.Add(InjectedCall.SetName(name));
        ulong filtered = (name - LongestDescription) & ~15ul, described = (filtered - LongestDescription) & ~15ul, page = FindPage(stack);
        if (endsShortcuts)
            calls.AddRange([.. shortcutDescriptors.Select(InjectedCall.Close), InjectedCall.InstallFilter(filtered)]);
        int needed = calls.Count;
        if (shortcuts is not null)
            calls.AddRange([InjectedCall.MapShared(ShortcutCode.Address, ShortcutMemory.Size, ShortcutCode.Memory), InjectedCall.MapCode(page, ShortcutPage.Size)]);
        int wanted = calls.Count;
        if (process is not null)
            calls.Add(InjectedCall.SetLayout(described));
        ulong table = (described - (ulong)TracedThread.TableSize(calls.Count)) & ~15ul;
        byte[] scratch = new byte[registers.StackPointer - table];
        plan.CommandName.AsSpan(0, Math.Min(plan.CommandName.Length, InjectedCall.LongestName)).CopyTo(scratch.AsSpan((int)(name - table)));
        if (endsShortcuts || shortcuts is not null)
            GuestCalls.WithoutShortcuts.Encode(filtered).CopyTo(scratch, (int)(filtered - table));
        process?.Encode(described, layout.AuxiliaryVector.Span).CopyTo(scratch, (int)(described - table));
        _thread.GrowStack(table);
        Write(table, scratch);

        // Within the page that the program begins in, which is text.
        ulong code = Math.Min(registers.InstructionPointer, (registers.InstructionPointer | (PageSize - 1)) + 1 - (ulong)TracedThread.CodeSize);
        caller.Expect(calls);
        bool isMapped = shortcuts is not null;
        int made = _thread.MakeCalls(calls, code, table, out long result);
        if (made >= needed && made < wanted)
        {
            // Where the memory cannot be mapped, nothing may lie in its place.
            calls = [InjectedCall.InstallFilter(filtered), .. process is null ? Array.Empty<InjectedCall>() : [InjectedCall.SetLayout(described)]];
            needed = 1;
            isMapped = false;
            shortcuts!.GiveUp();
            caller.Expect(calls);
            made = _thread.MakeCalls(calls, code, table, out result);
        }
        if (made < needed)
            throw new ErrnoException("execve", (Errno)(-result));
        if (isMapped)
        {
            _thread.WriteText(page, ShortcutPage.HeaderOf(_thread.Id));
            shortcuts!.Patches!.Begin(_thread.Id, page, registers.InstructionPointer);
        }
        scratch.AsSpan().Clear();
        Write(table, scratch);
    }

    /// <summary>Near what the kernel has mapped, above which it maps nothing more: libraries come below. A program at a fixed low address has its heap above.</summary>
    private static ulong FindPage(InitialStack stack) =>
        stack.Find(AuxiliaryKey.Entry) is var entry and > int.MaxValue ? (entry | (PageGap - 1)) + 1 + PageGap : LowPage;

    /// <summary>Null where there are more than there is room for on the stack.</summary>
    private byte[]? ReadLaterArguments(InitialStack stack)
    {
        (ulong start, ulong end) = stack.LaterArguments;
        if (end < start || end - start > MostMoved)
            return null;
        byte[] texts = new byte[end - start];
        return ProcessMemory.TryRead(_thread.Id, start, texts, out Errno error) ? texts : throw new ErrnoException("process_vm_readv", error);
    }

    private Dictionary<AuxiliaryKey, ulong> DescribeValues(ProgramMapping? mapping, InitialStack stack)
    {
        var values = new Dictionary<AuxiliaryKey, ulong>
        {
            [AuxiliaryKey.Uid] = plan.Ids.Uid,
            [AuxiliaryKey.Euid] = plan.Ids.Euid,
            [AuxiliaryKey.Gid] = plan.Ids.Gid,
            [AuxiliaryKey.Egid] = plan.Ids.Egid,
            [AuxiliaryKey.Secure] = plan.Ids.Secure ? 1u : 0,
        };
        if (mapping is not null && plan.ProgramImage is { } image)
        {
            values[AuxiliaryKey.InterpreterAddress] = stack.Find(AuxiliaryKey.Entry) - plan.ExecutedImage.Entry;
            values[AuxiliaryKey.ProgramHeaders] = image.ProgramHeaders + mapping.Moved;
            values[AuxiliaryKey.ProgramHeaderSize] = ElfImage.HeaderEntrySize;
            values[AuxiliaryKey.ProgramHeaderCount] = (ulong)image.ProgramHeaderCount;
            values[AuxiliaryKey.Entry] = image.Entry + mapping.Moved;
        }
        return values;
    }

    private InitialStack ReadStack(ulong address)
    {
        for (int size = (int)PageSize; size <= MostVectors; size *= 4)
        {
            byte[] bytes = new byte[size];
            int count = ProcessMemory.ReadAvailable(_thread.Id, address, bytes);
            if (InitialStack.Parse(address, bytes.AsSpan(0, count & ~(sizeof(ulong) - 1))) is { } stack)
                return stack;
            if (count < size)
                break;
        }
        throw new ErrnoException("process_vm_readv", Errno.EFAULT);
    }

    /// <summary>The path that was executed is the last thing on it.</summary>
    private static ulong FindStackEnd(InitialStack stack) => (stack.Find(AuxiliaryKey.ExecutedName) | (PageSize - 1)) + 1;

    /// <summary>Whether the kernel puts memory somewhere else every time; where it does not (personality(2)), the stack ends with the address space.</summary>
    private static bool IsRandomized(InitialStack stack) => FindStackEnd(stack) != ElfImage.AddressEnd;

    private void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        if (!ProcessMemory.TryWrite(_thread.Id, address, bytes, out Errno error))
            throw new ErrnoException("process_vm_writev", error);
    }
}
