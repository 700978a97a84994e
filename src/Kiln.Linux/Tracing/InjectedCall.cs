// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Kiln.Linux.Seccomp;

namespace Kiln.Linux.Tracing;

/// <summary>A system call that another thread is made to make.</summary>
public readonly unsafe record struct InjectedCall
{
    /// <summary>The words of a row of <see cref="CallLoop"/>.</summary>
    internal const int Words = 7;

    private InjectedCall(SystemCall call, ulong first, ulong second = 0, ulong third = 0, ulong fourth = 0, ulong fifth = 0, ulong sixth = 0)
    {
        Call = call;
        (First, Second, Third, Fourth, Fifth, Sixth) = (first, second, third, fourth, fifth, sixth);
    }

    public SystemCall Call { get; }

    internal ulong First { get; }

    internal ulong Second { get; }

    internal ulong Third { get; }

    internal ulong Fourth { get; }

    internal ulong Fifth { get; }

    internal ulong Sixth { get; }

    public static InjectedCall Close(int number) => new(SystemCall.close, (ulong)number);

    /// <summary>Takes addresses, which must be free, for nothing.</summary>
    public static InjectedCall Reserve(ulong address, ulong length) =>
        new(SystemCall.mmap, address, length, Libc.PROT_NONE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_FIXED_NOREPLACE, NoFile);

    public static InjectedCall Unmap(ulong address, ulong length) => new(SystemCall.munmap, address, length);

    /// <summary>Maps a file for itself, in the place of what is there.</summary>
    public static InjectedCall MapFile(ulong address, ulong length, MemoryAccess access, int file, ulong offset) =>
        new(SystemCall.mmap, address, length, (ulong)access, Libc.MAP_PRIVATE | Libc.MAP_FIXED, (ulong)file, offset);

    /// <summary>Maps zeros, in the place of what is there.</summary>
    public static InjectedCall MapZeros(ulong address, ulong length, MemoryAccess access) =>
        new(SystemCall.mmap, address, length, (ulong)access, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_FIXED, NoFile);

    /// <summary>Maps zeros somewhere, to read and write.</summary>
    public static InjectedCall MapZeros(ulong length) =>
        new(SystemCall.mmap, 0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, NoFile);

    /// <summary>Maps a file that others have mapped too, to read and execute, at addresses that must be free.</summary>
    public static InjectedCall MapShared(ulong address, ulong length, int file) =>
        new(SystemCall.mmap, address, length, Libc.PROT_READ | Libc.PROT_EXEC, Libc.MAP_SHARED | Libc.MAP_FIXED_NOREPLACE, (ulong)file, 0);

    /// <summary>Maps zeros to read and execute, at addresses that must be free.</summary>
    public static InjectedCall MapCode(ulong address, ulong length) =>
        new(SystemCall.mmap, address, length, Libc.PROT_READ | Libc.PROT_EXEC, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_FIXED_NOREPLACE, NoFile);

    /// <summary>Puts one more filter on all threads of its process: a <see cref="SeccompProgram"/> that lies at an address. More than 0 comes back where another thread has others.</summary>
    public static InjectedCall InstallFilter(ulong address) => new(SystemCall.seccomp, Libc.SECCOMP_SET_MODE_FILTER, Libc.SECCOMP_FILTER_FLAG_TSYNC, address);

    /// <summary>Lets a stack be executed from its lowest page to the end of these.</summary>
    public static InjectedCall MakeStackExecutable(ulong page, ulong length) =>
        new(SystemCall.mprotect, page, length, Libc.PROT_READ | Libc.PROT_WRITE | Libc.PROT_EXEC | Libc.PROT_GROWSDOWN);

    /// <summary>Names the thread, by a text of at most <see cref="LongestName"/> bytes and a NUL.</summary>
    public static InjectedCall SetName(ulong name) => new(SystemCall.prctl, Libc.PR_SET_NAME, name);

    /// <summary>TASK_COMM_LEN without the NUL.</summary>
    public const int LongestName = 15;

    /// <summary>Tells the kernel of a <see cref="ProcessLayout"/>. One that was built without CONFIG_CHECKPOINT_RESTORE refuses.</summary>
    public static InjectedCall SetLayout(ulong layout) => new(SystemCall.prctl, Libc.PR_SET_MM, Libc.PR_SET_MM_MAP, layout, (ulong)sizeof(Libc.MemoryMap));

    /// <summary>Executes a file that is open, by a path that is empty.</summary>
    public static InjectedCall Execute(int file, ulong emptyPath, ulong arguments, ulong environment) =>
        new(SystemCall.execveat, (ulong)file, emptyPath, arguments, environment, Libc.AT_EMPTY_PATH);

    public static InjectedCall SendMessage(int socket, ulong message) => new(SystemCall.sendmsg, (ulong)socket, message);

    public static InjectedCall ReceiveMessage(int socket, ulong message, bool closeOnExecute) =>
        new(SystemCall.recvmsg, (ulong)socket, message, closeOnExecute ? (ulong)Libc.MSG_CMSG_CLOEXEC : 0);

    /// <summary>Whether this is the call that a filter has trapped.</summary>
    public bool Is(in TrappedCall trapped) =>
        trapped.Call == Call && trapped.Pointer(0) == First && trapped.Pointer(1) == Second && trapped.Pointer(2) == Third
        && trapped.Pointer(3) == Fourth && trapped.Pointer(4) == Fifth && trapped.Pointer(5) == Sixth;

    internal void CopyTo(Span<ulong> words)
    {
        words[0] = (ulong)Call;
        words[1] = First;
        words[2] = Second;
        words[3] = Third;
        words[4] = Fourth;
        words[5] = Fifth;
        words[6] = Sixth;
    }

    private const ulong NoFile = ulong.MaxValue;
}
