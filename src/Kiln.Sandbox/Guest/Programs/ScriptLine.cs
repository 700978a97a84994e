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

    /// <summary>
    /// From a script's first bytes, <see cref="Longest"/> of them or the whole file, as load_script in the kernel's fs/binfmt_script.c takes them: blanks at the end of a line count where
    /// nothing ends it. Null is what that answers with <see cref="Linux.Errno.ENOEXEC"/>.
    /// </summary>
    public static ScriptLine? Parse(ReadOnlySpan<byte> start)
    {
        Span<byte> buffer = stackalloc byte[Longest];
        buffer.Clear();
        start[..Math.Min(start.Length, Longest)].CopyTo(buffer);
        int end = buffer.IndexOf((byte)'\n');
        if (end < 0)
        {
            // A path that is not seen to end may be cut.
            int first = FindText(buffer, 2, Longest - 1);
            if (first < 0 || FindEnd(buffer, first, Longest - 1) < 0)
                return null;
            end = Longest - 1;
        }
        while (IsBlank(buffer[end - 1]))
            end--;
        int name = FindText(buffer, 2, end);
        if (name < 0 || name == end)
            return null;
        int separator = FindEnd(buffer, name, end);
        int argument = separator >= 0 && buffer[separator] != 0 ? FindText(buffer, separator, end) : -1;
        buffer[end] = 0;
        return new ScriptLine(buffer[name..(separator < 0 ? end : separator)].ToArray(), argument < 0 ? null : buffer.Slice(argument, buffer[argument..].IndexOf((byte)0)).ToArray());
    }

    private static int FindText(ReadOnlySpan<byte> buffer, int from, int last)
    {
        int offset = buffer[from..(last + 1)].IndexOfAnyExcept((byte)' ', (byte)'\t');
        return offset < 0 ? -1 : from + offset;
    }

    private static int FindEnd(ReadOnlySpan<byte> buffer, int from, int last)
    {
        int offset = buffer[from..(last + 1)].IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        return offset < 0 ? -1 : from + offset;
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';
}
