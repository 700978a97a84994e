// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Files;

/// <summary>A path as C wants it, with a NUL at its end, for the time of one call.</summary>
internal unsafe ref struct CPath
{
    private readonly byte[] _bytes;

    internal CPath(scoped ReadOnlySpan<byte> path)
    {
        // Kernel: a NUL would end the path early and name another file than the one that was checked.
        if (path.Contains((byte)0))
            throw new ErrnoException("path", Errno.EINVAL, System.Text.Encoding.UTF8.GetString(path));
        _bytes = new byte[Math.Max(2, path.Length + 1)];
        if (path.IsEmpty)
            _bytes[0] = (byte)'.';
        else
            path.CopyTo(_bytes);
    }

    internal CPath(string path)
        : this(System.Text.Encoding.UTF8.GetBytes(path))
    {
    }

    public readonly ref byte GetPinnableReference() => ref _bytes[0];
}
