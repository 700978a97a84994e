// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Kiln.Linux.Seccomp;

namespace Kiln.Tests.Linux.Seccomp;

/// <summary>What the kernel does with a seccomp program, for the instructions of classic BPF that ours have (Documentation/networking/filter.rst).</summary>
internal static class BpfInterpreter
{
    public static uint Run(SeccompProgram program, uint architecture, uint number, params ReadOnlySpan<ulong> arguments) => RunAt(0, program, architecture, number, arguments);

    /// <summary>For a caller that goes on at an address.</summary>
    public static uint RunAt(ulong address, SeccompProgram program, uint architecture, uint number, params ReadOnlySpan<ulong> arguments)
    {
        byte[] data = new byte[64]; // struct seccomp_data
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(8), address);
        for (int i = 0; i < arguments.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16 + (8 * i)), arguments[i]);
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            BpfInstruction instruction = program.Instructions[at];
            switch (instruction.Code)
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)instruction.Value));
                    break;
                case 0x54:
                    accumulator &= instruction.Value;
                    break;
                case 0x15:
                    at += accumulator == instruction.Value ? instruction.JumpTrue : instruction.JumpFalse;
                    break;
                case 0x35:
                    at += accumulator >= instruction.Value ? instruction.JumpTrue : instruction.JumpFalse;
                    break;
                case 0x06:
                    return instruction.Value;
                default:
                    throw new InvalidOperationException($"instruction {instruction.Code:x}");
            }
        }
    }
}
