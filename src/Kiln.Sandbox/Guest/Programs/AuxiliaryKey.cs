// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Programs;

/// <summary>What the kernel tells a program at its start: keys of the auxiliary vector, getauxval(3). The numbers are those of `elf.h`.</summary>
internal enum AuxiliaryKey : ulong
{
    End = 0,
    ProgramHeaders = 3,
    ProgramHeaderSize = 4,
    ProgramHeaderCount = 5,
    InterpreterAddress = 7,
    Entry = 9,
    Uid = 11,
    Euid = 12,
    Gid = 13,
    Egid = 14,
    Secure = 23,
    ExecutedName = 31,
}
