// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Kiln.Linux.Seccomp;

/// <summary>
/// Rules as a BPF program. It ends a process that calls by another architecture's table (32-bit calls), whose numbers mean other calls, and knows no x32 call.
/// What no rule names is allowed without a look at its arguments, so that the kernel remembers it and asks no more.
/// </summary>
public sealed class SeccompProgram
{
    private const int NumberOffset = 0; // seccomp_data, seccomp(2)
    private const int ArchitectureOffset = 4;
    private const int InstructionPointerOffset = 8;
    private const int ArgumentsOffset = 16;
    private const uint X32Bit = 0x40000000; // __X32_SYSCALL_BIT

    private SeccompProgram(ImmutableArray<BpfInstruction> instructions) => Instructions = instructions;

    internal ImmutableArray<BpfInstruction> Instructions { get; }

    /// <summary>The program as another process has it in its memory: its description (struct sock_fprog, seccomp(2)) and behind that its instructions.</summary>
    /// <param name="address">Where it will lie.</param>
    public unsafe byte[] Encode(ulong address)
    {
        byte[] bytes = new byte[2 * sizeof(ulong) + (Instructions.Length * sizeof(BpfInstruction))];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)Instructions.Length));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(sizeof(ulong)), address + (2 * sizeof(ulong)));
        MemoryMarshal.AsBytes(Instructions.AsSpan()).CopyTo(bytes.AsSpan(2 * sizeof(ulong)));
        return bytes;
    }

    /// <summary>Rules for calls that the architecture does not have are left out.</summary>
    public static SeccompProgram Assemble(IEnumerable<FilterRule> rules, SystemCallNumbers numbers) => Assemble(rules, numbers, FilterVerdict.Allow, FilterVerdict.Kill);

    /// <summary>With another verdict for calls that no rule names, and for those by another architecture's table.</summary>
    public static SeccompProgram Assemble(IEnumerable<FilterRule> rules, SystemCallNumbers numbers, FilterVerdict unknown, FilterVerdict foreign)
    {
        var code = ImmutableArray.CreateBuilder<BpfInstruction>();
        code.Add(Load(ArchitectureOffset));
        code.Add(new(BpfInstruction.JumpEqual, 1, 0, numbers.AuditArchitecture));
        code.Add(Return(foreign));
        code.Add(Load(NumberOffset));
        code.Add(new(BpfInstruction.JumpGreaterOrEqual, 0, 1, X32Bit));
        code.Add(Return(FilterVerdict.Refuse(Errno.ENOSYS)));
        foreach (IGrouping<SystemCall, FilterRule> call in rules.GroupBy(rule => rule.Call))
        {
            if (numbers.Find(call.Key) is not { } number)
                continue;
            List<BpfInstruction> section = AssembleCall(call);
            code.Add(new(BpfInstruction.JumpEqual, 0, checked((byte)section.Count), (uint)number));
            code.AddRange(section);
        }
        code.Add(Return(unknown));
        return new SeccompProgram(code.ToImmutable());
    }

    /// <summary>Every section ends in a return, for the accumulator holds an argument then.</summary>
    private static List<BpfInstruction> AssembleCall(IEnumerable<FilterRule> rules)
    {
        var section = new List<BpfInstruction>();
        foreach (FilterRule rule in rules)
        {
            List<BpfInstruction> body = AssembleRule(rule);
            section.AddRange(body);
            if (rule.Tests.IsEmpty && rule.ReturnAddress is null)
                return section;
        }
        section.Add(Return(FilterVerdict.Allow));
        return section;
    }

    /// <summary>A test that fails jumps behind the rule.</summary>
    private static List<BpfInstruction> AssembleRule(FilterRule rule)
    {
        int left = (rule.ReturnAddress is null ? 0 : 2 * 2) + rule.Tests.Sum(Length) + 1;
        var body = new List<BpfInstruction>();
        foreach ((int offset, uint word) in rule.ReturnAddress is { } address ? [(0, (uint)address), (sizeof(uint), (uint)(address >> 32))] : Array.Empty<(int, uint)>())
        {
            left -= 2;
            body.Add(Load(InstructionPointerOffset + offset));
            body.Add(new(BpfInstruction.JumpEqual, 0, checked((byte)left), word));
        }
        foreach (ArgumentTest test in rule.Tests)
        {
            left -= Length(test);
            body.Add(Load(ArgumentsOffset + (test.Index * sizeof(ulong)) + (test.IsOfHigh ? sizeof(uint) : 0)));
            if (test.Mask != uint.MaxValue)
                body.Add(new(BpfInstruction.And, 0, 0, test.Mask));
            ushort code = test.Kind == ArgumentComparison.Equal ? BpfInstruction.JumpEqual : BpfInstruction.JumpGreaterOrEqual;
            body.Add(new(code, 0, checked((byte)left), test.Value));
        }
        body.Add(Return(rule.Verdict));
        return body;
    }

    private static int Length(ArgumentTest test) => test.Mask == uint.MaxValue ? 2 : 3;

    private static BpfInstruction Load(int offset) => new(BpfInstruction.LoadWord, 0, 0, (uint)offset);

    private static BpfInstruction Return(FilterVerdict verdict) => new(BpfInstruction.Return, 0, 0, verdict.Value);
}
