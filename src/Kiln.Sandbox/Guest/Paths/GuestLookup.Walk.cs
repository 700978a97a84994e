// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.State;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Paths;

/// <content>The walk name by name. It is in a directory of the tree, which it holds open, or in one that is served, which has a path only.</content>
internal sealed partial class GuestLookup
{
    private const int MostLinks = 40; // MAXSYMLINKS, path_resolution(7)

    private readonly byte[] _pending = new byte[2 * LongestPath];
    private readonly byte[] _target = new byte[LongestPath];
    private readonly byte[] _component = new byte[UnixPath.LongestName + 1];

    private Errno WalkTo(int directory, ReadOnlySpan<byte> path, bool follow, out Found found)
    {
        found = default;
        // The pending path lies at the end of its buffer, so that a link's text can be put before what is left.
        int at = _pending.Length - (path.Length - 1);
        path[..^1].CopyTo(_pending.AsSpan(at));
        Errno error = path[0] == '/' ? EnterRoot(ref found) : EnterBase(directory, ref found);
        int links = 0;
        while (error == Errno.None)
        {
            while (at < _pending.Length && _pending[at] == '/')
                at++;
            if (at == _pending.Length)
                return Finish(path, ref found);
            int end = _pending.AsSpan(at).IndexOf((byte)'/');
            int length = end < 0 ? _pending.Length - at : end;
            if (length > UnixPath.LongestName)
            {
                error = Errno.ENAMETOOLONG;
                break;
            }
            ReadOnlySpan<byte> name = _pending.AsSpan(at, length);
            name.CopyTo(_component);
            _component[length] = 0;
            at += length;
            bool isLast = _pending.AsSpan(at).TrimStart((byte)'/').IsEmpty;
            bool followsHere = !isLast || follow || at < _pending.Length;
            error = CheckDirectory(found);
            if (error != Errno.None || name is [(byte)'.'])
                continue;
            error = name is [(byte)'.', (byte)'.'] ? StepUp(ref found) : StepInto(_component.AsSpan(0, length + 1), followsHere, ref found);
            if (error == Errno.None && FindTarget(ref found, followsHere, out int targetLength, out bool isLink) is var failure && (isLink || failure != Errno.None))
            {
                error = failure != Errno.None ? failure : ++links > MostLinks ? Errno.ELOOP : PutBefore(ref at, targetLength);
                if (error == Errno.None && _target[0] == '/')
                    error = EnterRoot(ref found);
                else if (error == Errno.None)
                    error = LeaveLink(ref found);
            }
        }
        found.Dispose();
        _linkParent.Dispose();
        _linkParent = default;
        found = default;
        return error;
    }

    // The directory in which a link was found, while that is the place.
    private Place _linkParent;
    private FullStatus _linkParentStatus;
    private UnixPath _linkParentPath;
    private bool _isLinkServed;

    private Errno Finish(ReadOnlySpan<byte> path, ref Found found)
    {
        _linkParent.Dispose();
        _linkParent = default;
        if (path[^2] == '/' && found.Node is null && found.Status.Type != FileType.Directory)
        {
            found.Dispose();
            found = default;
            return Errno.ENOTDIR;
        }
        return Errno.None;
    }

    private Errno CheckDirectory(in Found found)
    {
        if (found.Node is { } node)
            return node.Kind == VirtualKind.Directory ? Errno.None : Errno.ENOTDIR;
        if (found.Status.Type != FileType.Directory)
            return Errno.ENOTDIR;
        return call.State.IsPlainRoot || MaySearch(found.Status) ? Errno.None : Errno.EACCES;
    }

    private Errno EnterRoot(ref Found found)
    {
        found.Dispose();
        found = default;
        Errno error = call.State.Root.Place.Duplicate(out found.Place);
        return error == Errno.None ? found.Place.GetStatus(out found.Status) : error;
    }

    private Errno EnterBase(int directory, ref Found found)
    {
        GuestDirectory working = call.State.WorkingDirectory;
        if (directory == GuestCall.CurrentDirectory && working.IsServed)
            return EnterServed(working.Served, ref found);
        Errno error = directory == GuestCall.CurrentDirectory ? working.Place.Duplicate(out found.Place) : call.Descriptors.Open(call.Caller.ThreadId, directory, out found.Place);
        if (error != Errno.None)
            return error;
        error = found.Place.GetStatus(out found.Status);
        return error == Errno.None ? EnterIfServed(ref found) : error;
    }

    /// <summary>Where the tree has a directory that is served, or a stand-in of one, what is served is entered.</summary>
    private Errno EnterIfServed(ref Found found) =>
        call.Tree.IsServed(found.Status, out UnixPath path) || call.Served.IsStandIn(found.Status, out path) ? EnterServed(path, ref found) : Errno.None;

    private Errno EnterServed(UnixPath path, ref Found found)
    {
        found.Dispose();
        found = new Found { Path = path, Node = call.Served.Find(call, path) };
        return found.Node.Kind == VirtualKind.Missing ? Errno.ENOENT : Errno.None;
    }

    private Errno StepUp(ref Found found)
    {
        if (found.Node is not null)
        {
            UnixPath parent = found.Path.Parent;
            return ServedFiles.Serves(parent) ? EnterServed(parent, ref found) : EnterTree(parent, ref found);
        }
        if (found.Status.Inode == call.State.Root.Inode || found.Status.Inode == call.Tree.RootInode)
            return Errno.None;
        Errno error = found.Place.OpenParent(out Place up);
        if (error != Errno.None)
            return error;
        found.Dispose();
        found.Place = up;
        return up.GetStatus(out found.Status);
    }

    /// <summary>The directory of the tree in which a served one lies.</summary>
    private Errno EnterTree(UnixPath path, ref Found found)
    {
        found.Dispose();
        found = default;
        Errno error = Place.Of(call.Tree.Root).Open(GuestPaths.ForCall(path), OpenFlags.Path, 0, InRoot, out found.Place);
        return error == Errno.None ? found.Place.GetStatus(out found.Status) : error;
    }

    private Errno StepInto(ReadOnlySpan<byte> name, bool follow, ref Found found)
    {
        if (found.Node is not null)
        {
            UnixPath path = found.Path.Append(name[..^1]);
            VirtualNode node = call.Served.Find(call, path);
            if (node.Kind == VirtualKind.Missing)
                return Errno.ENOENT;
            if (node.Kind == VirtualKind.Descriptor && follow)
                return EnterOpened(node, path, ref found);
            (_isLinkServed, _linkParentPath) = (true, found.Path);
            found = new Found { Path = path, Node = node };
            return Errno.None;
        }
        Errno error = found.Place.Open(name, OpenFlags.PathOfLink, 0, Beneath, out Place next);
        if (error != Errno.None)
            return error;
        error = next.GetStatus(out FullStatus status);
        if (error != Errno.None)
        {
            next.Dispose();
            return error;
        }
        if (status.Type == FileType.SymbolicLink)
        {
            _linkParent.Dispose();
            (_linkParent, _linkParentStatus, _isLinkServed) = (found.Place, found.Status, false);
        }
        else
        {
            found.Dispose();
        }
        (found.Place, found.Status) = (next, status);
        return EnterIfServed(ref found);
    }

    /// <summary>What a process of the step has open: a magic link leads to the very file.</summary>
    private Errno EnterOpened(VirtualNode node, UnixPath path, ref Found found)
    {
        Errno error = call.Served.OpenPlace(call, path, node, out Place place);
        if (error != Errno.None)
            return error;
        found.Dispose();
        found = new Found { Place = place };
        error = place.GetStatus(out found.Status);
        return error == Errno.None ? EnterIfServed(ref found) : error;
    }

    private Errno FindTarget(ref Found found, bool follow, out int length, out bool isLink)
    {
        length = 0;
        isLink = follow && (found.Node is { Kind: VirtualKind.Link } || (found.Node is null && found.Status.Type == FileType.SymbolicLink));
        if (!isLink)
            return follow && found.Node is { Kind: VirtualKind.Sealed } ? Errno.EACCES : Errno.None;
        if (found.Node is { } node)
        {
            length = node.Content.Length;
            node.Content.CopyTo(_target, 0);
            return Errno.None;
        }
        Errno error = found.Place.ReadLink(_target, out length);
        return error == Errno.None && length == 0 ? Errno.ENOENT : error;
    }

    /// <summary>A link's target is relative to the directory in which it was found.</summary>
    private Errno LeaveLink(ref Found found)
    {
        found.Dispose();
        if (_isLinkServed)
            return EnterServed(_linkParentPath, ref found);
        found = new Found { Place = _linkParent, Status = _linkParentStatus };
        _linkParent = default;
        return Errno.None;
    }

    private Errno PutBefore(ref int at, int length)
    {
        // One slash between the target and what is left, where anything is.
        int needed = length + (at < _pending.Length ? 1 : 0);
        if (at < needed || _pending.Length - at + needed > LongestPath)
            return Errno.ENAMETOOLONG;
        if (needed > length)
            _pending[--at] = (byte)'/';
        at -= length;
        _target.AsSpan(0, length).CopyTo(_pending.AsSpan(at));
        return Errno.None;
    }
}
