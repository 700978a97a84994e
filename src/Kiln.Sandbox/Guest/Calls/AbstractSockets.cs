// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Sockets;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>
/// The abstract sockets of a step, unix(7). Their names are the network's, which the step shares, and the supervisor that connects is held by no Landlock: so the step is connected with those alone that
/// it has bound itself, and that are still there.
/// </summary>
internal sealed class AbstractSockets
{
    private const string Table = "/proc/self/net/unix"; // proc_net_unix(5): the inode is the seventh column, the name the eighth
    private const int InodeColumn = 6, NameColumn = 7;

    private readonly Lock _changing = new();
    private readonly Dictionary<ulong, (int Type, byte[] Name)> _bound = [];

    /// <summary>Keeps what the step has just bound.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="descriptor">The same, as a place.</param>
    /// <param name="name">Its name behind the family, beginning with a NUL; empty where the kernel has chosen one.</param>
    public void Remember(BorrowedSocket socket, Place descriptor, ReadOnlySpan<byte> name)
    {
        if (descriptor.GetStatus(out FullStatus status) != Errno.None)
            return;
        byte[] bound = name.IsEmpty ? FindName(status.Inode) : name.ToArray();
        lock (_changing)
            _bound[status.Inode] = (socket.Type, bound);
    }

    /// <summary>Whether the socket of a name that one of the same type would be connected with is the step's.</summary>
    public bool IsOwn(BorrowedSocket socket, ReadOnlySpan<byte> name)
    {
        int type = socket.Type;
        var own = new List<ulong>();
        lock (_changing)
            foreach ((ulong inode, (int boundType, byte[] bound)) in _bound)
                if (boundType == type && name.SequenceEqual(bound))
                    own.Add(inode);
        if (own.Count == 0)
            return false;
        HashSet<ulong> present = [.. Rows().Select(row => row.Inode)];
        lock (_changing)
            foreach (ulong gone in _bound.Keys.Where(inode => !present.Contains(inode)).ToList())
                _bound.Remove(gone);
        return own.Exists(present.Contains);
    }

    /// <summary>The kernel chooses names of five hexadecimal digits.</summary>
    private static byte[] FindName(ulong inode) =>
        Rows().FirstOrDefault(row => row.Inode == inode).Name is ['@', .. var name] ? [0, .. Encoding.ASCII.GetBytes(name)] : [];

    private static IEnumerable<(ulong Inode, string Name)> Rows()
    {
        foreach (string line in File.ReadLines(Table, Encoding.Latin1))
        {
            string[] columns = line.Split(' ', NameColumn + 1, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > NameColumn && ulong.TryParse(columns[InodeColumn], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
                yield return (inode, columns[NameColumn]);
        }
    }
}
