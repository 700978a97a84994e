// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Kiln.Linux;

/// <summary>
/// A path inside some root, as bytes: no leading or trailing slash, no empty, `.` or `..` component. The empty path is the root
/// itself. Linux names are bytes, so a name that is not UTF-8 survives; the text form is for people only.
/// Paths compare bytewise with the slash before all other bytes, so that a directory is followed by what lies in it.
/// </summary>
public readonly struct UnixPath : IEquatable<UnixPath>, IComparable<UnixPath>
{
    /// <summary>What a system call takes: PATH_MAX of limits.h, which counts a NUL at the end.</summary>
    public const int LongestPath = 4095;

    /// <summary>NAME_MAX of limits.h: no component is longer on any file system.</summary>
    public const int LongestName = 255;

    private readonly byte[]? _bytes;

    private UnixPath(byte[] bytes) => _bytes = bytes;

    public static UnixPath Root => default;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool IsRoot => _bytes is null or [];

    /// <summary>Everything but the last component.</summary>
    public UnixPath Parent
    {
        get
        {
            int slash = Bytes.LastIndexOf((byte)'/');
            return slash < 0 ? Root : new UnixPath(Bytes[..slash].ToArray());
        }
    }

    /// <summary>The last component; empty for the root.</summary>
    public ReadOnlySpan<byte> Name => Bytes[(Bytes.LastIndexOf((byte)'/') + 1)..];

    /// <summary>Whether Linux can have it: neither the path nor a component is too long.</summary>
    public bool CanExist
    {
        get
        {
            ReadOnlySpan<byte> rest = Bytes;
            if (rest.Length > LongestPath)
                return false;
            for (int slash; rest.Length > LongestName; rest = rest[(slash + 1)..])
                if ((slash = rest.IndexOf((byte)'/')) is < 0 or > LongestName)
                    return false;
            return true;
        }
    }

    /// <summary>How many components.</summary>
    public int Depth => IsRoot ? 0 : Bytes.Count((byte)'/') + 1;

    /// <summary>Cleans a path as if it stood in a root: `..` never climbs above it, `/a//./b/../c/` is `a/c`.</summary>
    public static UnixPath Clean(ReadOnlySpan<byte> path)
    {
        byte[] buffer = new byte[path.Length];
        int length = 0;
        foreach (Range range in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> part = path[range];
            if (part.IsEmpty || part is [(byte)'.'])
                continue;
            if (part is [(byte)'.', (byte)'.'])
            {
                length = Math.Max(0, buffer.AsSpan(0, length).LastIndexOf((byte)'/'));
                continue;
            }
            if (length > 0)
                buffer[length++] = (byte)'/';
            part.CopyTo(buffer.AsSpan(length));
            length += part.Length;
        }
        return length == 0 ? Root : new UnixPath(length == buffer.Length ? buffer : buffer.AsSpan(0, length).ToArray());
    }

    public static UnixPath Clean(string path) => Clean(Encoding.UTF8.GetBytes(path));

    /// <summary>This path with one more component, which is not checked beyond being a single one.</summary>
    public UnixPath Append(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Contains((byte)'/') || name is [(byte)'.'] or [(byte)'.', (byte)'.'])
            throw new ArgumentException("not one path component", nameof(name));
        if (IsRoot)
            return new UnixPath(name.ToArray());
        byte[] joined = new byte[Bytes.Length + 1 + name.Length];
        Bytes.CopyTo(joined);
        joined[Bytes.Length] = (byte)'/';
        name.CopyTo(joined.AsSpan(Bytes.Length + 1));
        return new UnixPath(joined);
    }

    /// <summary>This path with another below it.</summary>
    public UnixPath Append(UnixPath below)
    {
        if (IsRoot || below.IsRoot)
            return IsRoot ? below : this;
        byte[] joined = new byte[Bytes.Length + 1 + below.Bytes.Length];
        Bytes.CopyTo(joined);
        joined[Bytes.Length] = (byte)'/';
        below.Bytes.CopyTo(joined.AsSpan(Bytes.Length + 1));
        return new UnixPath(joined);
    }

    /// <summary>Whether this is the other path or lies below it.</summary>
    public bool IsAtOrBelow(UnixPath other) =>
        other.IsRoot || (Bytes.StartsWith(other.Bytes) && (Bytes.Length == other.Bytes.Length || Bytes[other.Bytes.Length] == (byte)'/'));

    /// <summary>The path from an ancestor down to this one.</summary>
    public UnixPath RelativeTo(UnixPath ancestor)
    {
        if (!IsAtOrBelow(ancestor))
            throw new ArgumentException($"{this} is not below {ancestor}", nameof(ancestor));
        return ancestor.IsRoot ? this
            : Bytes.Length == ancestor.Bytes.Length ? Root
            : new UnixPath(Bytes[(ancestor.Bytes.Length + 1)..].ToArray());
    }

    public int CompareTo(UnixPath other)
    {
        ReadOnlySpan<byte> a = Bytes, b = other.Bytes;
        int same = a.CommonPrefixLength(b);
        if (same == a.Length || same == b.Length)
            return a.Length - b.Length;
        int x = a[same] == (byte)'/' ? -1 : a[same], y = b[same] == (byte)'/' ? -1 : b[same];
        return x - y;
    }

    public bool Equals(UnixPath other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is UnixPath other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public static bool operator ==(UnixPath left, UnixPath right) => left.Equals(right);

    public static bool operator !=(UnixPath left, UnixPath right) => !left.Equals(right);

    public static bool operator <(UnixPath left, UnixPath right) => left.CompareTo(right) < 0;

    public static bool operator >(UnixPath left, UnixPath right) => left.CompareTo(right) > 0;

    public static bool operator <=(UnixPath left, UnixPath right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UnixPath left, UnixPath right) => left.CompareTo(right) >= 0;

    /// <summary>For people: the bytes as UTF-8, without the leading slash.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
