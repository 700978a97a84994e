// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>
/// What callers have open, by their own numbers. `/proc/THREAD/fd` of the last callers is kept open, which costs half of finding it anew: such a directory is that thread's alone, and empty once it has ended, even where another has its
/// number by then. What is not found in a kept one is looked for in a new one, therefore.
/// </summary>
/// <param name="processes">`/proc`.</param>
internal sealed class CallerDescriptors(Place processes) : IDisposable
{
    private const int Kept = 64;

    private readonly (int ThreadId, Place Descriptors)[] _kept = new (int, Place)[Kept];

    /// <summary>A place of what is open under a number.</summary>
    public Errno Open(int threadId, int number, out Place file)
    {
        Errno error = Find(threadId, out Place descriptors);
        file = default;
        if (error == Errno.None)
            error = descriptors.OpenDescriptor(number, out file);
        if (error == Errno.ENOENT && Renew(threadId, out descriptors) == Errno.None)
            error = descriptors.OpenDescriptor(number, out file);
        return error == Errno.ENOENT ? Errno.EBADF : error;
    }

    public Errno GetStatus(int threadId, int number, out FullStatus status)
    {
        Errno error = Find(threadId, out Place descriptors);
        status = default;
        if (error == Errno.None)
            error = descriptors.GetDescriptorStatus(number, out status);
        if (error == Errno.ENOENT && Renew(threadId, out descriptors) == Errno.None)
            error = descriptors.GetDescriptorStatus(number, out status);
        return error == Errno.ENOENT ? Errno.EBADF : error;
    }

    /// <summary>Of a single name in a directory that is open under a number; a link is not followed. ENOENT says nothing: it may be the number that is not there.</summary>
    public Errno GetStatusIn(int threadId, int number, ReadOnlySpan<byte> name, out FullStatus status)
    {
        status = default;
        return Find(threadId, out Place descriptors) is not Errno.None and var error ? error : descriptors.GetStatusIn(number, name, out status);
    }

    /// <summary>Opens a single name in such a directory, likewise.</summary>
    public Errno OpenIn(int threadId, int number, ReadOnlySpan<byte> name, OpenFlags flags, out Place file)
    {
        file = default;
        return Find(threadId, out Place descriptors) is not Errno.None and var error ? error : descriptors.OpenIn(number, name, flags, out file);
    }

    public void Dispose()
    {
        foreach ((_, Place descriptors) in _kept)
            descriptors.Dispose();
    }

    private Errno Find(int threadId, out Place descriptors)
    {
        ref (int ThreadId, Place Descriptors) kept = ref _kept[threadId % Kept];
        descriptors = kept.Descriptors;
        return kept.ThreadId == threadId ? Errno.None : Renew(threadId, out descriptors);
    }

    private Errno Renew(int threadId, out Place descriptors)
    {
        ref (int ThreadId, Place Descriptors) kept = ref _kept[threadId % Kept];
        kept.Descriptors.Dispose();
        Errno error = processes.OpenDescriptorsOf(threadId, out descriptors);
        kept = error == Errno.None ? (threadId, descriptors) : default;
        return error;
    }
}
