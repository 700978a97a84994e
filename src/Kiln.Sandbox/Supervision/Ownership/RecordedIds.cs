// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>The four ids of one kind, of users or of groups, that a process has: credentials(7).</summary>
internal readonly record struct RecordedIds(uint Real, uint Effective, uint Saved, uint File)
{
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Whether the real, the effective or the saved one is root's.</summary>
    public bool HasRoot => Real == 0 || Effective == 0 || Saved == 0;

    public static RecordedIds All(uint id) => new(id, id, id, id);

    /// <summary>setuid(2); null where it is refused.</summary>
    public RecordedIds? Set(uint id, bool privileged) =>
        privileged ? All(id)
        : id == Real || id == Saved ? this with { Effective = id, File = id }
        : null;

    /// <summary>setreuid(2): "If the real user ID is set (i.e., ruid is not -1) or the effective user ID is set to a value not equal to the previous real user ID, the saved
    /// set-user-ID will be set to the new effective user ID."</summary>
    public RecordedIds? SetTwo(uint real, uint effective, bool privileged)
    {
        if (!privileged && !((real == Unchanged || real == Real || real == Effective) && (effective == Unchanged || IsOneOf(effective))))
            return null;
        uint now = effective == Unchanged ? Effective : effective;
        bool saves = real != Unchanged || (effective != Unchanged && effective != Real);
        return new(real == Unchanged ? Real : real, now, saves ? now : Saved, now);
    }

    /// <summary>setresuid(2). Where nothing changes the file system's id does not either, against the manual: the kernel looks for that first.</summary>
    public RecordedIds? SetThree(uint real, uint effective, uint saved, bool privileged)
    {
        if (IsKept(real, Real) && IsKept(effective, Effective) && (effective == Unchanged || effective == File) && IsKept(saved, Saved))
            return this;
        if (!privileged && !(Allows(real) && Allows(effective) && Allows(saved)))
            return null;
        uint now = effective == Unchanged ? Effective : effective;
        return new(real == Unchanged ? Real : real, now, saved == Unchanged ? Saved : saved, now);
    }

    /// <summary>setfsuid(2), which leaves all as it is where it is refused.</summary>
    public RecordedIds SetFile(uint id, bool privileged) => privileged || IsOneOf(id) || id == File ? this with { File = id } : this;

    /// <summary>execve(2): the effective id is that of a set-id program, and is what is saved.</summary>
    public RecordedIds Execute(uint? setId)
    {
        uint now = setId ?? Effective;
        return new(Real, now, now, now);
    }

    private static bool IsKept(uint id, uint now) => id == Unchanged || id == now;

    private bool Allows(uint id) => id == Unchanged || IsOneOf(id);

    private bool IsOneOf(uint id) => id == Real || id == Effective || id == Saved;
}
