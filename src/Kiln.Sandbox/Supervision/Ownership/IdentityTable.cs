// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>
/// The identities that processes of one step have had. A process carries the number of its own, which what it starts inherits (<see cref="InheritedNumber"/>); one without a number is root. Nothing
/// is ever taken out, so that the step may have no more of them than fit.
/// </summary>
internal sealed class IdentityTable
{
    private const int MostIdentities = 1 << 16;
    private const int MostGroups = 1 << 20; // of all identities together

    private readonly List<RecordedIdentity> _identities = [RecordedIdentity.Root];
    private readonly Dictionary<RecordedIdentity, int> _numbers = new() { [RecordedIdentity.Root] = 0 };
    private int _groups;

    public RecordedIdentity Of(Caller caller) =>
        InheritedNumber.Find(caller.ThreadId) is { } number && number < _identities.Count ? _identities[number] : RecordedIdentity.Root;

    /// <summary>Makes a process somebody.</summary>
    public Errno Set(Caller caller, RecordedIdentity identity)
    {
        if (!_numbers.TryGetValue(identity, out int number))
        {
            if (_identities.Count == MostIdentities || _groups + identity.SupplementaryGroups.Length > MostGroups)
                return Errno.ENOMEM;
            number = _identities.Count;
            _identities.Add(identity);
            _numbers.Add(identity, number);
            _groups += identity.SupplementaryGroups.Length;
        }
        return caller.Listener.IsWaiting(caller.Call) ? InheritedNumber.Set(caller.ThreadId, number) : Errno.ESRCH;
    }
}
