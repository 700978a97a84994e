// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Finds out where a path of the step leads, component by component, as the kernel would if what is served were mounted. It decides nothing that security
/// hangs on: what stays in the tree the kernel resolves again.
/// </summary>
internal sealed class PathWalk(DirectoryHandle tree, VirtualFiles files)
{
    private const int MostLinks = 40; // MAXSYMLINKS, path_resolution(7)
    private const int LongestLink = 4096;

    /// <param name="caller">Whose path it is.</param>
    /// <param name="start">An absolute path that it is relative to.</param>
    /// <param name="path">The path, without a NUL.</param>
    /// <param name="follow">Whether a link at its end is followed.</param>
    public WalkResult Run(Caller caller, UnixPath start, ReadOnlySpan<byte> path, bool follow)
    {
        var pending = new Stack<byte[]>();
        Push(pending, path);
        UnixPath at = path[0] == '/' ? UnixPath.Root : start;
        VirtualNode? node = null;
        bool served = false;
        if (files.Serves(at))
        {
            // What the caller has as its directory is one; components are looked up anew, for what they are to this caller.
            Push(pending, at.Bytes);
            at = UnixPath.Root;
        }
        for (int links = 0; pending.TryPop(out byte[]? name);)
        {
            if (name is [(byte)'.', (byte)'.'])
            {
                (at, node) = (at.Parent, null);
                continue;
            }
            UnixPath next = at.Append(name);
            byte[]? target = null;
            if (files.Serves(next))
            {
                served = true;
                node = files.Find(caller, next);
                if (node.Kind == VirtualKind.Missing)
                    return new WalkResult(next, node, served);
                if (node.Kind == VirtualKind.Link && (follow || pending.Count > 0))
                    target = node.Content;
                else if (node.Kind == VirtualKind.Descriptor && pending.Count > 0)
                    target = files.FindPathOf(caller, node);
            }
            else
            {
                node = null;
                if (AnsweredFile.FindType(tree, [.. next.Bytes, 0], PathResolve.Beneath | PathResolve.NoLinks, out FileType type) != Errno.None)
                    return new WalkResult(Rest(next, pending), null, served);
                if (type == FileType.SymbolicLink && (follow || pending.Count > 0))
                    target = ReadLink(next);
            }
            if (target is null)
            {
                at = next;
                continue;
            }
            if (++links > MostLinks)
                return new WalkResult(next, null, served);
            node = null;
            if (target is [(byte)'/', ..])
                at = UnixPath.Root;
            Push(pending, target);
        }
        return new WalkResult(at, files.Serves(at) ? node ?? files.Find(caller, at) : null, served);
    }

    private static UnixPath Rest(UnixPath missing, Stack<byte[]> pending)
    {
        foreach (byte[] name in pending)
            missing = name is [(byte)'.', (byte)'.'] ? missing.Parent : missing.Append(name);
        return missing;
    }

    private byte[]? ReadLink(UnixPath path)
    {
        byte[] target = new byte[LongestLink];
        return AnsweredFile.ReadLink(tree, [.. path.Bytes, 0], target, out int length) == Errno.None ? target[..length] : null;
    }

    private static void Push(Stack<byte[]> pending, ReadOnlySpan<byte> path)
    {
        var names = new List<byte[]>();
        foreach (Range range in path.Split((byte)'/'))
            if (path[range] is { IsEmpty: false } name and not [(byte)'.'])
                names.Add(name.ToArray());
        for (int i = names.Count - 1; i >= 0; i--)
            pending.Push(names[i]);
    }
}
