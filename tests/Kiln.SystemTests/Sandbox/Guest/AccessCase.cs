// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Supervision.Ownership;

namespace Kiln.SystemTests.Sandbox.Guest;

/// <summary>Somebody who does something to a file: a line for `programs/file-access.c`, and what that is to print of it by the judgments of <see cref="GuestCredentials"/>.</summary>
internal sealed class AccessCase
{
    private const uint UserAttribute = 0, FileCapability = 2;
    private const uint Unchanged = uint.MaxValue;
    private const int RegularFile = 0x8000, Directory = 0x4000, CharacterDevice = 0x2000, Fifo = 0x1000;
    private static readonly string[] OfAll =
        ["access", "eaccess", "chmod", "chown", "chown", "remove", "rename", "create", "mkdir", "mknod", "touch", "utime", "get-attribute", "set-attribute", "remove-attribute", "chroot", "chdir"];
    private static readonly string[] OfFiles = ["open", "open", "write", "truncate", "link"];
    private static readonly string[] Attributes = ["user.x", "trusted.x", "security.capability", "security.x"];
    private static readonly uint[] Ids = [0, 1000, 1000, 1001, 50];

    private readonly Random _random;
    private readonly GuestCredentials _who;
    private readonly (uint Uid, uint Gid, int Mode) _directory;
    private readonly (uint Uid, uint Gid, int Mode) _file;
    private readonly int _umask;
    private readonly string _call;
    private readonly uint _first;
    private readonly uint _second;

    public AccessCase(Random random)
    {
        _random = random;
        _who = Somebody();
        int type = random.Next(7) switch { < 4 => RegularFile, 6 => Fifo, _ => Directory };
        _directory = (Id(), Id(), Directory | (random.Next(2) == 0 ? 0x1FF | (random.Next(8) << 9) : Mode()));
        _file = (Id(), Id(), type | Mode());
        _umask = random.Next(3) == 0 ? random.Next(512) : 0x12;
        string[] calls = type == RegularFile ? [.. OfAll, .. OfFiles] : OfAll;
        _call = calls[random.Next(calls.Length)];
        (_first, _second) = _call switch
        {
            "access" or "eaccess" => ((uint)random.Next(8), 0u),
            "get-attribute" or "set-attribute" or "remove-attribute" => ((uint)random.Next(Attributes.Length), 0u),
            "open" => ((uint)random.Next(3) | (random.Next(3) == 0 ? 0x200u : 0), 0u), // O_TRUNC
            "chown" => (random.Next(3) == 0 ? Unchanged : random.Next(3) == 0 ? _file.Uid : Id(), random.Next(3) == 0 ? Unchanged : Id()),
            "create" => ((uint)(Mode() | SetGidProgram(random)), 0u),
            "mknod" => ((uint)(Mode() | SetGidProgram(random) | (random.Next(2) == 0 ? CharacterDevice : Fifo)), 0u),
            _ => ((uint)Mode(), 0u),
        };
    }

    public string Line
    {
        get
        {
            CapabilitySets sets = _who.Capabilities;
            return string.Create(CultureInfo.InvariantCulture, $"{_directory.Uid} {_directory.Gid} {Octal(_directory.Mode & 0xFFF)} {(IsFile ? 'f' : IsDirectory ? 'd' : 'p')} {_file.Uid} {_file.Gid} {Octal(_file.Mode & 0xFFF)} {Text(_who.Users)} {Text(_who.Groups)} {sets.Permitted:x} {sets.Effective:x} {(int)_who.SecureBits:x} {Octal(_umask)} {_call} {_first} {_second} {_who.SupplementaryGroups.Length} {string.Join(' ', _who.SupplementaryGroups)}\n");
        }
    }

    /// <summary>What is to be printed.</summary>
    public string Expected()
    {
        (Errno error, (uint, uint, int)? file, (uint, uint, int)? other) = Judge();
        return error == Errno.None ? $"0 0|{Show(file)}|{Show(other)}" : $"-1 {(int)error}|{Show(_file)}|-";
    }

    private bool IsFile => (_file.Mode & 0xF000) == RegularFile;

    private bool IsDirectory => (_file.Mode & 0xF000) == Directory;

    private (Errno Error, (uint, uint, int)? File, (uint, uint, int)? Other) Judge()
    {
        if (_call == "write")
            return Wrote();
        bool real = _call == "access";
        if (!MayDirectory(AccessWanted.Execute, real))
            return (Errno.EACCES, _file, null);
        switch (_call)
        {
            case "access" or "eaccess":
                return Decide(MayFile((AccessWanted)_first, real));
            case "open":
                AccessWanted wanted = (_first & 3) switch { 0 => AccessWanted.Read, 1 => AccessWanted.Write, _ => AccessWanted.Read | AccessWanted.Write };
                bool truncates = (_first & 0x200) != 0;
                return !MayFile(truncates ? wanted | AccessWanted.Write : wanted) ? Decide(false) : truncates ? Wrote() : Decide(true);
            case "truncate":
                return MayFile(AccessWanted.Write) ? Wrote() : Decide(false);
            case "chmod":
                return _who.OwnsOrMay(_file.Uid) ? Changed(_file with { Mode = (_file.Mode & ~0xFFF) | _who.ModeForChmod((int)_first, _file.Gid) }) : (Errno.EPERM, _file, null);
            case "chown":
                uint? user = _first == Unchanged ? null : _first, group = _second == Unchanged ? null : _second;
                return _who.MayChown(_file.Uid, _file.Gid, _file.Mode, user, group)
                    ? Changed((user ?? _file.Uid, group ?? _file.Gid, _who.ModeAfterChown(_file.Mode, _file.Gid, group)))
                    : (Errno.EPERM, _file, null);
            case "remove" or "rename":
                if (!MayDirectory(AccessWanted.Write | AccessWanted.Execute))
                    return Decide(false);
                return !_who.MayDelete(_directory.Uid, _directory.Mode, _file.Uid) ? (Errno.EPERM, _file, null) : (Errno.None, null, _call == "rename" ? _file : null);
            case "link":
                return !_who.MayLink(_file.Uid, _file.Gid, _file.Mode) ? (Errno.EPERM, _file, null)
                    : MayDirectory(AccessWanted.Write | AccessWanted.Execute) ? (Errno.None, _file, _file) : Decide(false);
            case "create" or "mkdir" or "mknod":
                return Create();
            case "touch":
                return Decide(_who.OwnsOrMay(_file.Uid) || MayFile(AccessWanted.Write));
            case "utime":
                return Decide(_who.OwnsOrMay(_file.Uid), Errno.EPERM);
            case "get-attribute" or "set-attribute" or "remove-attribute":
                Errno judged = _who.JudgeAttribute(Encoding.ASCII.GetBytes(Attributes[_first]), _call != "get-attribute", _file.Uid, _file.Gid, _file.Mode);
                bool isThere = (IsFile || IsDirectory) && (_first is UserAttribute or FileCapability);
                return (judged == Errno.None && _call != "set-attribute" && !isThere ? Errno.ENODATA : judged, _file, null);
            case "chroot":
                return Decide(_who.MayChangeRoot, Errno.EPERM);
            default:
                return Decide(true); // chdir, for which searching is all
        }
    }

    private (Errno, (uint, uint, int)?, (uint, uint, int)?) Create()
    {
        if (!MayDirectory(AccessWanted.Write | AccessWanted.Execute))
            return Decide(false);
        int type = _call switch { "create" => RegularFile, "mkdir" => Directory, _ => (int)_first & 0xF000 };
        if (type == CharacterDevice && !_who.MayMakeDevice)
            return (Errno.EPERM, _file, null);
        int mode = _who.ModeOfNew((int)_first & 0xFFF, _umask, type == Directory, _directory.Gid, _directory.Mode);
        return (Errno.None, _file, (_who.OwnerOfNew, _who.GroupOfNew(_directory.Gid, _directory.Mode), type | mode));
    }

    private (Errno, (uint, uint, int)?, (uint, uint, int)?) Wrote() => Changed(_file with { Mode = _who.ModeAfterWrite(_file.Mode, _file.Gid) });

    private static (Errno, (uint, uint, int)?, (uint, uint, int)?) Changed((uint Uid, uint Gid, int Mode) file) => (Errno.None, file, null);

    private (Errno, (uint, uint, int)?, (uint, uint, int)?) Decide(bool may, Errno refusal = Errno.EACCES) => (may ? Errno.None : refusal, _file, null);

    private bool MayFile(AccessWanted wanted, bool real = false) => Agreed(_file.Uid, _file.Gid, _file.Mode, IsDirectory, wanted, real);

    private bool MayDirectory(AccessWanted wanted, bool real = false) => Agreed(_directory.Uid, _directory.Gid, _directory.Mode, true, wanted, real);

    private bool Agreed(uint uid, uint gid, int mode, bool isDirectory, AccessWanted wanted, bool real)
    {
        bool may = _who.MayAccess(uid, gid, mode, isDirectory, wanted, real);
        // The short way must not say anything else.
        bool isSpecial = real || (!isDirectory && (wanted & AccessWanted.Execute) != 0);
        return may || !_who.IsPlainRoot || isSpecial ? may : throw new InvalidOperationException($"plain root may not: {Line}");
    }

    private GuestCredentials Somebody()
    {
        ulong docker = GuestCredentials.Root.Capabilities.Permitted | 0x4, permitted = _random.Next(3) switch { 0 => 0, 1 => docker & 0x1F, _ => docker };
        ulong effective = permitted & (ulong)(_random.NextInt64() | _random.NextInt64());
        if (_random.Next(8) == 0)
            return GuestCredentials.Root with { SupplementaryGroups = [Id()] };
        uint user = Id(), group = Id();
        RecordedIds users = _random.Next(3) > 0 ? RecordedIds.All(user) : new RecordedIds(Id(), Id(), Id(), user), groups = _random.Next(3) > 0 ? RecordedIds.All(group) : new RecordedIds(Id(), Id(), Id(), group);
        uint[] others = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Id()).Order()];
        return new GuestCredentials(users, groups, [.. others], new CapabilitySets(permitted, effective, 0, docker, 0)) { SecureBits = _random.Next(6) == 0 ? SecureBits.NoSetUidFixup : SecureBits.None };
    }

    private uint Id() => Ids[_random.Next(Ids.Length)];

    private int Mode() => _random.Next(4) == 0 ? _random.Next(4096) : _random.Next(512) | (_random.Next(3) == 0 ? _random.Next(8) << 9 : 0);

    private static int SetGidProgram(Random random) => random.Next(2) == 0 ? 0x408 : 0; // S_ISGID | S_IXGRP

    private static string Show((uint Uid, uint Gid, int Mode)? file) => file is { } there ? $"{Octal(there.Mode)} {there.Uid} {there.Gid}" : "-";

    private static string Octal(int value) => Convert.ToString(value, 8);

    private static string Text(RecordedIds ids) => $"{ids.Real} {ids.Effective} {ids.Saved} {ids.File}";
}
