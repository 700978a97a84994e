// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;
using Kiln.Linux.Tracing;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>A process that has executed a file and has not begun with it. It has one thread and its memory for itself, so nothing changes under our hands any more.</summary>
internal sealed class NewProgram(HeldCaller caller, ProgramPlan plan, int programDescriptor)
{
    private const ulong PageSize = 4096;
    private const int NameLength = InjectedCall.LongestName + 1;
    private const int MostVectors = 16 << 20;

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
        if (plan.Commit?.Invoke(_thread.Id) == false)
        {
            _thread.Kill();
            return;
        }

        // Step 3.
        ProgramMapping? mapping = plan.ProgramImage is { } image ? ProgramMapping.Plan(image, programDescriptor, IsRandomized(stack)) : null;
        MakeCalls(mapping, registers, stack);
        foreach ((ulong address, int length) in mapping?.Cleared ?? [])
            Write(address, new byte[length]);

        // Step 4.
        (ulong top, byte[] vectors) = stack.Rebuild(plan.Prefix, plan.ExecutedName, DescribeValues(mapping, stack));
        Write(top, vectors);

        // Step 5.
        caller.Release(registers.At(registers.InstructionPointer, top));
    }

    /// <summary>One stop for all calls. A program that cannot be mapped is killed, as by the kernel, which has gone too far for an error as well.</summary>
    private void MakeCalls(ProgramMapping? mapping, in ThreadRegisters registers, InitialStack stack)
    {
        ulong name = registers.StackPointer - NameLength;
        List<InjectedCall> calls = [.. mapping?.Calls ?? []];
        if (plan.Program is not null)
            calls.Add(InjectedCall.Close(programDescriptor));
        calls.Add(InjectedCall.SetName(name));
        if (plan.ProgramImage is { HasExecutableStack: true })
        {
            ulong page = registers.StackPointer & ~(PageSize - 1);
            calls.Add(InjectedCall.MakeStackExecutable(page, FindStackEnd(stack) - page));
        }
        ulong table = (registers.StackPointer - NameLength - (ulong)TracedThread.TableSize(calls.Count)) & ~15ul;
        byte[] zeros = new byte[registers.StackPointer - table];
        byte[] text = new byte[NameLength];
        plan.CommandName.AsSpan(0, Math.Min(plan.CommandName.Length, NameLength - 1)).CopyTo(text);
        Write(name, text);

        // Within the page that the program begins in, which is text.
        ulong code = Math.Min(registers.InstructionPointer, (registers.InstructionPointer | (PageSize - 1)) + 1 - (ulong)TracedThread.CodeSize);
        caller.Expect(calls);
        if (_thread.MakeCalls(calls, code, table, out long result) < calls.Count)
            throw new ErrnoException("execve", (Errno)(-result));
        Write(table, zeros);
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
