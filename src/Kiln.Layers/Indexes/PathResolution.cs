// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Indexes;

/// <summary>Follows links inside a root, as a process that is chrooted into it would (path_resolution(7)).</summary>
public static class PathResolution
{
    /// <summary>As the kernel: after 40 links a path is taken for a loop.</summary>
    private const int MostLinks = 40;

    /// <summary>
    /// Where a path leads, whether or not something is there. Null for a loop, and where a component on the way is neither directory nor
    /// link to one.
    /// </summary>
    /// <param name="find">What is at a path, through no link.</param>
    /// <param name="path">As the user wrote it, `..` and slashes included.</param>
    /// <param name="followLast">Whether a link as last component is followed too.</param>
    public static UnixPath? Resolve(Func<UnixPath, LayerEntry?> find, ReadOnlySpan<byte> path, bool followLast)
    {
        int links = 0;
        return Resolve(find, UnixPath.Root, path, followLast, ref links);
    }

    private static UnixPath? Resolve(
        Func<UnixPath, LayerEntry?> find, UnixPath start, ReadOnlySpan<byte> path, bool followLast, ref int links)
    {
        UnixPath at = path is [(byte)'/', ..] ? UnixPath.Root : start;
        ReadOnlySpan<byte> rest = path;
        while (!(rest = rest.TrimStart((byte)'/')).IsEmpty)
        {
            int slash = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? default : rest[slash..];
            if (name is [(byte)'.'])
                continue;
            if (!at.IsRoot && find(at) is { IsDirectory: false })
                return null;
            if (name is [(byte)'.', (byte)'.'])
            {
                at = at.Parent;
                continue;
            }
            UnixPath next = at.Append(name);
            // "If the pathname ends with a '/', that forces resolution of the preceding component" (path_resolution(7)).
            bool last = rest.IsEmpty;
            if ((!last || followLast) && find(next) is { Type: EntryType.SymbolicLink } link)
            {
                if (++links > MostLinks || Resolve(find, at, link.LinkText.AsSpan(), true, ref links) is not { } target)
                    return null;
                at = target;
                continue;
            }
            at = next;
        }
        return at;
    }
}
