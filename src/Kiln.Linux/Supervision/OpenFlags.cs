// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Supervision;

/// <summary>The flags of an open, as a caller gave them to the kernel.</summary>
public readonly record struct OpenFlags(int Value)
{
    private const int AccessMode = 3; // O_ACCMODE
    private const int Truncate = 0x200; // O_TRUNC
    private const int TemporaryFile = 0x400000; // __O_TMPFILE

    private const int NoTerminal = 0x100; // O_NOCTTY
    private const int Known = 0x7fffff;   // through __O_TMPFILE, the highest

    public static OpenFlags Path { get; } = new(Libc.O_PATH);

    public static OpenFlags PathOfLink { get; } = new(Libc.O_PATH | Libc.O_NOFOLLOW);

    public static OpenFlags PathOfDirectory { get; } = new(Libc.O_PATH | Libc.O_DIRECTORY);

    public static OpenFlags Directory { get; } = new(Libc.O_RDONLY | Libc.O_DIRECTORY);

    public static OpenFlags Read { get; } = new(Libc.O_RDONLY);

    /// <summary>creat(2).</summary>
    public static OpenFlags Create { get; } = new(Libc.O_WRONLY | Libc.O_CREAT | Truncate);

    /// <summary>What creat(2) stands for.</summary>
    public static OpenFlags OfCreat { get; } = new(Libc.O_WRONLY | Libc.O_CREAT | Truncate);

    /// <summary>O_CLOEXEC.</summary>
    public const int CloseOnExecute = Libc.O_CLOEXEC;

    /// <summary>Both ends of a FIFO, without waiting.</summary>
    public static OpenFlags BothEnds { get; } = new(Libc.O_RDWR | Libc.O_NONBLOCK);

    /// <summary>O_ACCMODE: 0 to read, 1 to write, 2 for both.</summary>
    public int Wanted => Value & AccessMode;

    /// <summary>Whether it would empty the file.</summary>
    public bool Truncates => (Value & Truncate) != 0;

    /// <summary>Makes the file itself, and nothing that is there, nor where a link there leads: "If O_CREAT and O_EXCL are specified, then symbolic links are not followed", open(2).</summary>
    public OpenFlags Exclusively => new(Value | Libc.O_CREAT | Libc.O_EXCL);

    /// <summary>Whether nothing is made, emptied or written to by it.</summary>
    public bool OnlyReads => IsPath || (Value & (AccessMode | Libc.O_CREAT | Truncate | TemporaryFile)) == 0;

    public bool WantsDirectory => (Value & Libc.O_DIRECTORY) != 0;

    public bool NoFollow => (Value & Libc.O_NOFOLLOW) != 0;

    public bool IsPath => (Value & Libc.O_PATH) != 0;

    public bool IsCloseOnExecute => (Value & Libc.O_CLOEXEC) != 0;

    public bool IsNonBlocking => (Value & Libc.O_NONBLOCK) != 0;

    /// <summary>A file without a name, in the directory that is named.</summary>
    public bool IsTemporary => (Value & TemporaryFile) == TemporaryFile;

    public bool IsExclusive => (Value & Libc.O_EXCL) != 0;

    /// <summary>Whether it would change something.</summary>
    public bool Writes => (Value & AccessMode) != 0 || (Value & (Truncate | TemporaryFile)) != 0;

    /// <summary>For something that exists.</summary>
    public OpenFlags WithoutCreation => new(Value & ~(Libc.O_CREAT | Libc.O_EXCL));

    /// <summary>Through a link at the end.</summary>
    public OpenFlags Following => new(Value & ~Libc.O_NOFOLLOW);

    /// <summary>Never waits for another end, and never makes a terminal the opener's own.</summary>
    public OpenFlags NonBlocking => new(Value | (IsPath ? 0 : Libc.O_NONBLOCK | NoTerminal));

    /// <summary>Whether it makes what is not there.</summary>
    public bool Creates => (Value & Libc.O_CREAT) != 0 || (Value & TemporaryFile) == TemporaryFile;

    /// <summary>As openat2(2) takes them, which refuses what open(2) passes over.</summary>
    internal int ForOpenAt2 => (IsPath ? Value & (Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW) : Value & Known) | Libc.O_CLOEXEC;
}
