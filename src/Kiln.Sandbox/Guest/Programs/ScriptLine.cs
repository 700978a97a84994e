// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Programs;

/// <summary>The first line of a script, execve(2): the path of its interpreter and at most one argument for that, which may hold blanks.</summary>
internal sealed record ScriptLine(byte[] Interpreter, byte[]? Argument)
{
    /// <summary>How much of a file's beginning counts: BINPRM_BUF_SIZE.</summary>
    public const int Longest = 256;

    /// <summary>How many scripts may be each other's interpreters; one more is <see cref="Linux.Errno.ELOOP"/>.</summary>
    public const int MostLevels = 5;

    public static bool IsScript(ReadOnlySpan<byte> start) => start.StartsWith("#!"u8);

    /// <summary>From a script's first bytes, <see cref="Longest"/> of them or the whole file. Null is what the kernel answers with <see cref="Linux.Errno.ENOEXEC"/>.</summary>
    public static ScriptLine? Parse(ReadOnlySpan<byte> start)
    {
        // The kernel's buffer is filled up with NULs, and its last byte does not count.
        ReadOnlySpan<byte> line = start.Length >= Longest ? start[2..(Longest - 1)] : start[2..];
        bool isCut = start.Length >= Longest;
        int end = start[..Math.Min(start.Length, Longest)].IndexOf((byte)'\n');
        if (end >= 0)
            line = start[2..end];
        ReadOnlySpan<byte> trimmed = line.TrimStart(" \t"u8);
        // Where the line goes on behind what counts, only a path that is seen to end is one.
        if (end < 0 && isCut && trimmed.IndexOfAny(" \t\0"u8) < 0)
            return null;
        trimmed = trimmed.TrimEnd(" \t"u8);
        int length = trimmed.IndexOfAny(" \t\0"u8);
        ReadOnlySpan<byte> interpreter = length < 0 ? trimmed : trimmed[..length];
        if (interpreter.IsEmpty)
            return null;
        ReadOnlySpan<byte> argument = length < 0 || trimmed[length] == 0 ? [] : trimmed[length..].TrimStart(" \t"u8);
        int nul = argument.IndexOf((byte)0);
        if (nul >= 0)
            argument = argument[..nul];
        return new ScriptLine(interpreter.ToArray(), argument.IsEmpty ? null : argument.ToArray());
    }
}
