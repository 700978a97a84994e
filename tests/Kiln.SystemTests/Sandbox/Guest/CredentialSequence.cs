// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Supervision.Ownership;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>A random sequence of calls for `programs/credentials.c`, and what that is to print of them if <see cref="GuestCredentials"/> are right.</summary>
internal sealed class CredentialSequence(Random random, GuestCredentials start, SetIdPrograms? programs)
{
    private const uint Unchanged = uint.MaxValue;
    private const uint PreferredVersion = 0x20080522;
    private const int NoPermission = (int)Errno.EPERM, Invalid = (int)Errno.EINVAL, NoAccess = (int)Errno.EACCES, NoProcess = (int)Errno.ESRCH;
    private static readonly uint[] Users = [0, 0, 0, 1000, 1000, 1001, 33];
    private static readonly uint[] Groups = [0, 50, 1000, 1001];

    private readonly StringBuilder _calls = new("sequence\n");
    private readonly List<string> _expected = ["sequence"];
    private GuestCredentials _now = start;

    public string Calls => _calls.ToString();

    public IReadOnlyList<string> Expected => _expected;

    public GuestCredentials Last => _now;

    public CredentialSequence Create(int length)
    {
        Show(0, 0);
        for (int i = 0; i < length; i++)
            Add();
        return this;
    }

    /// <summary>Calls that are given, of which one changes to what it is said to.</summary>
    public CredentialSequence Do(string call, GuestCredentials after)
    {
        if (_expected.Count == 1)
            Show(0, 0);
        _calls.Append(call).Append('\n');
        Settle(after);
        return this;
    }

    /// <summary>Executes a program.</summary>
    public CredentialSequence Execute(int program)
    {
        AddExec(program);
        return this;
    }

    private void Add()
    {
        switch (random.Next(programs is null ? 76 : 100))
        {
            case < 5:
                AddIds("setuid", 1, Users, ids => ids[0] == Unchanged ? null : _now.SetUser(ids[0]));
                break;
            case < 11:
                AddIds("setreuid", 2, Users, ids => _now.SetUsers(ids[0], ids[1]));
                break;
            case < 21:
                AddIds("setresuid", 3, Users, ids => _now.SetUsers(ids[0], ids[1], ids[2]));
                break;
            case < 26:
                AddFile("setfsuid", Users, _now.Users.File, _now.SetFileUser);
                break;
            case < 29:
                AddIds("setgid", 1, Groups, ids => ids[0] == Unchanged ? null : _now.SetGroup(ids[0]));
                break;
            case < 32:
                AddIds("setregid", 2, Groups, ids => _now.SetGroups(ids[0], ids[1]));
                break;
            case < 36:
                AddIds("setresgid", 3, Groups, ids => _now.SetGroups(ids[0], ids[1], ids[2]));
                break;
            case < 38:
                AddFile("setfsgid", Groups, _now.Groups.File, _now.SetFileGroup);
                break;
            case < 41:
                AddGroups();
                break;
            case < 51:
                AddCapset();
                break;
            case < 53:
                AddCapget();
                break;
            case < 54:
                AddChild();
                break;
            case < 76:
                AddControl();
                break;
            default:
                AddExec(random.Next(programs!.All.Count));
                break;
        }
    }

    private void AddIds(string name, int count, uint[] ids, Func<uint[], GuestCredentials?> change)
    {
        uint[] arguments = [.. Enumerable.Range(0, count).Select(_ => random.Next(5) == 0 ? Unchanged : ids[random.Next(ids.Length)])];
        _calls.Append($"{name} {string.Join(' ', arguments)}\n");
        if (count == 1 && arguments[0] == Unchanged)
            Show(-1, Invalid);
        else
            Settle(change(arguments));
    }

    private void AddFile(string name, uint[] ids, uint before, Func<uint, GuestCredentials> change)
    {
        uint id = random.Next(6) == 0 ? Unchanged : ids[random.Next(ids.Length)];
        _calls.Append($"{name} {id}\n");
        _now = id == Unchanged ? _now : change(id);
        Show(before, 0);
    }

    private void AddGroups()
    {
        uint[] groups = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(12) == 0 ? Unchanged : Groups[random.Next(Groups.Length)])];
        _calls.Append($"setgroups {string.Join(' ', groups)}\n");
        if (_now.MaySetGroups && groups.Contains(Unchanged))
            Show(-1, Invalid);
        else
            Settle(_now.SetSupplementaryGroups(groups));
    }

    private void AddCapset()
    {
        CapabilitySets now = _now.Capabilities;
        ulong permitted = Most(now.Permitted) | Stray(), effective = Most(permitted) | Stray(), inheritable = (Few(now.Bounding | now.Inheritable) & now.Permitted) | Few(now.Inheritable) | Stray();
        (uint version, int process) = (Version(), random.Next(10) == 0 ? 1 : 0);
        _calls.Append($"capset {version} {process} 0x{permitted:x} 0x{effective:x} 0x{inheritable:x}\n");
        ulong mask = version == 0x19980330 ? uint.MaxValue : ulong.MaxValue;
        if (version == 1)
        {
            _expected.Add($"version {PreferredVersion:x}");
            Show(-1, Invalid);
        }
        else
        {
            Settle(process == 1 ? null : _now.SetCapabilities(permitted & mask, effective & mask, inheritable & mask));
        }
    }

    private void AddCapget()
    {
        uint version = Version();
        int process = random.Next(4) switch { 0 => -5, 1 => 99_999_999, _ => 0 };
        bool room = random.Next(4) > 0;
        _calls.Append($"capget {version} {process} {(room ? 1 : 0)}\n");
        uint[] words = [7, 7, 7, 7, 7, 7];
        bool gives = version != 1 && room && process == 0;
        if (gives)
        {
            CapabilitySets sets = _now.Capabilities;
            uint[] low = [(uint)sets.Effective, (uint)sets.Permitted, (uint)sets.Inheritable], high = [(uint)(sets.Effective >> 32), (uint)(sets.Permitted >> 32), (uint)(sets.Inheritable >> 32)];
            words = version == 0x19980330 ? [.. low, 7, 7, 7] : [.. low, .. high];
        }
        _expected.Add($"capget {(version == 1 ? PreferredVersion : version):x} {string.Join(' ', words.Select(word => word.ToString("x", CultureInfo.InvariantCulture)))}");
        if (gives || !room)
            Show(0, 0);
        else
            Show(-1, version == 1 || process == -5 ? Invalid : NoProcess);
    }

    private void AddChild()
    {
        _calls.Append("child\n");
        CapabilitySets sets = _now.Capabilities;
        _expected.Add($"child 0 {(uint)sets.Permitted:x} {(uint)sets.Effective:x} {(uint)sets.Inheritable:x} {sets.Permitted >> 32:x}");
        Show(-1, NoPermission);
        Show(0, 0);
    }

    private void AddControl()
    {
        int capability = random.Next(42);
        ulong bit = capability <= CapabilitySets.Last ? 1UL << capability : 0;
        switch (random.Next(14))
        {
            case < 3:
                int keeps = random.Next(8) == 0 ? 2 : random.Next(3) == 0 ? 0 : 1;
                Control(keeps == 2, _now.KeepCapabilities(keeps == 1), 8, keeps);
                break;
            case 3:
                int read = random.Next(50);
                Query(read > CapabilitySets.Last ? null : (long)(_now.Capabilities.Bounding >> read & 1), 23, read);
                break;
            case 4:
                Control(_now.MayDropFromBounding && bit == 0, bit == 0 ? null : _now.DropFromBounding(capability), 24, capability);
                break;
            case < 7:
                ulong bits = (random.Next(3) == 0 ? (ulong)_now.SecureBits : 0) ^ (1UL << random.Next(13)) ^ (random.Next(3) == 0 ? 1UL << random.Next(13) : 0);
                Control(false, _now.SetSecureBits(bits), 28, (long)bits);
                break;
            case 7 when random.Next(3) == 0:
                int asked = random.Next(3);
                Control(asked != 1, _now with { HasNoNewPrivileges = true }, 38, asked);
                break;
            case < 9:
                int dumpable = random.Next(3);
                Control(dumpable == 2, _now with { IsDumpable = dumpable == 1 }, 4, dumpable);
                break;
            case 9:
                Control(capability % 5 > 0, _now.LowerAmbient(CapabilitySets.All), 47, 4, capability % 5);
                break;
            case < 13:
                if (_now.Capabilities.Inheritable != 0 && random.Next(4) > 0) // one that there is
                    capability = 63 - (int)ulong.LeadingZeroCount(Few(_now.Capabilities.Inheritable) | (_now.Capabilities.Inheritable & (0 - _now.Capabilities.Inheritable)));
                Control(capability > CapabilitySets.Last, capability > CapabilitySets.Last ? null : _now.RaiseAmbient(capability), 47, 2, capability);
                break;
            default:
                Control(bit == 0, _now.LowerAmbient(bit), 47, 3, capability);
                break;
        }
    }

    private void AddExec(int index)
    {
        (string path, GuestProgram program, _) = programs!.All[index];
        _calls.Append($"exec {path}\n");
        if (!_now.MayAccess(program.Uid, program.Gid, program.Mode, isDirectory: false, AccessWanted.Execute))
        {
            Show(-1, NoAccess);
            return;
        }
        bool isReadable = _now.MayAccess(program.Uid, program.Gid, program.Mode, isDirectory: false, AccessWanted.Read);
        Errno error = _now.Execute(program with { IsReadable = isReadable }, out GuestCredentials after, out bool isSecure);
        if (error == Errno.None)
        {
            _now = after;
            _expected.Add($"secure {(isSecure ? 1 : 0)}");
        }
        Show(error == Errno.None ? 0 : -1, (int)error);
    }

    private void Control(bool isInvalid, GuestCredentials? after, params ReadOnlySpan<long> arguments)
    {
        _calls.Append($"prctl {string.Join(' ', arguments.ToArray())}\n");
        if (isInvalid)
            Show(-1, Invalid);
        else
            Settle(after);
    }

    private void Query(long? result, params ReadOnlySpan<long> arguments)
    {
        _calls.Append($"prctl {string.Join(' ', arguments.ToArray())}\n");
        Show(result ?? -1, Invalid);
    }

    private void Settle(GuestCredentials? after)
    {
        _now = after ?? _now;
        Show(after is null ? -1 : 0, NoPermission);
    }

    private void Show(long result, int error)
    {
        CapabilitySets sets = _now.Capabilities;
        _expected.Add(string.Create(CultureInfo.InvariantCulture,
            $"{result} {(result == -1 ? error : 0)}|{Text(_now.Users)}|{Text(_now.Groups)}|{string.Join(' ', _now.SupplementaryGroups)}|{sets.Permitted:x} {sets.Effective:x} {sets.Inheritable:x} {sets.Bounding:x} {sets.Ambient:x}|{(int)_now.SecureBits:x} {(_now.KeepsCapabilities ? 1 : 0)} {(_now.HasNoNewPrivileges ? 1 : 0)} {(_now.IsDumpable ? 1 : 0)}"));
    }

    private uint Version() => random.Next(8) switch { 0 => 0x19980330, 1 => 0x20071026, 2 => 1, _ => PreferredVersion };

    private ulong Bits() => (ulong)random.NextInt64() & CapabilitySets.All;

    private ulong Most(ulong set) => set & (Bits() | Bits() | Bits());

    private ulong Few(ulong set) => set & Bits() & Bits();

    private ulong Stray() => random.Next(8) == 0 ? 1UL << random.Next(CapabilitySets.Last + 1) : 0;

    private static string Text(RecordedIds ids) => $"{ids.Real} {ids.Effective} {ids.Saved} {ids.File}";
}
