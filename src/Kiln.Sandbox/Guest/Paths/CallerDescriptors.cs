// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.State;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>
/// What callers have open, by their own numbers. `/proc/THREAD/fd` of the last callers is kept open, which costs half of finding it anew: such a directory is that thread's alone, and empty once it has ended, even where another has its
/// number by then. What is not found in a kept one is looked for in a new one, therefore. With it goes the state that the caller was in when last asked for.
/// </summary>
/// <param name="processes">`/proc`.</param>
internal sealed class CallerDescriptors(Place processes) : IDisposable
{
    private const int Kept = 64;

    private readonly Entry[] _kept = new Entry[Kept];

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

    /// <summary>What state a caller is in, to be believed only once something was found in the directory that is kept: then the caller is whom it was kept of. Null where that is not known.</summary>
    public GuestState? StateOf(int threadId, int changes)
    {
        ref Entry kept = ref _kept[threadId % Kept];
        return kept.ThreadId == threadId && kept.Changes == changes ? kept.State : null;
    }

    /// <summary>Keeps a caller's state, as it was asked for after the number of changes.</summary>
    public void Remember(int threadId, GuestState state, int changes)
    {
        ref Entry kept = ref _kept[threadId % Kept];
        if (kept.ThreadId == threadId)
            (kept.State, kept.Changes) = (state, changes);
    }

    public void Dispose()
    {
        foreach (Entry entry in _kept)
            entry.Descriptors.Dispose();
    }

    private Errno Find(int threadId, out Place descriptors)
    {
        ref Entry kept = ref _kept[threadId % Kept];
        descriptors = kept.Descriptors;
        return kept.ThreadId == threadId ? Errno.None : Renew(threadId, out descriptors);
    }

    private Errno Renew(int threadId, out Place descriptors)
    {
        ref Entry kept = ref _kept[threadId % Kept];
        kept.Descriptors.Dispose();
        Errno error = processes.OpenDescriptorsOf(threadId, out descriptors);
        kept = error == Errno.None ? new Entry { ThreadId = threadId, Descriptors = descriptors } : default;
        return error;
    }

    private struct Entry
    {
        public int ThreadId;
        public Place Descriptors;
        public GuestState? State;
        public int Changes;
    }
}
