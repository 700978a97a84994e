// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Files;

/// <content>Extended attributes of names in this very directory, links included.</content>
public sealed unsafe partial class DirectoryHandle
{
    private const int LargestXattr = 64 * 1024; // XATTR_SIZE_MAX and XATTR_LIST_MAX, limits.h

    /// <summary>All attributes that we may see, sorted by name; none where the file system has none.</summary>
    public IReadOnlyList<ExtendedAttribute> GetXattrs(ReadOnlySpan<byte> name)
    {
        fixed (byte* path = XattrPath(name))
        {
            byte[] list = new byte[1024];
            nint length;
            fixed (byte* buffer = list)
                length = Libc.Llistxattr(path, buffer, (nuint)list.Length);
            if (length == 0)
                return [];
            if (length < 0 && ErrnoException.Last("llistxattr", Encoding.UTF8.GetString(name)) is var first)
            {
                if (first.Error == Errno.EOPNOTSUPP)
                    return [];
                if (first.Error != Errno.ERANGE)
                    throw first;
                list = new byte[LargestXattr];
                fixed (byte* buffer = list)
                    length = Libc.Llistxattr(path, buffer, (nuint)list.Length);
                if (length < 0)
                    throw ErrnoException.Last("llistxattr", Encoding.UTF8.GetString(name));
            }
            var found = new List<ExtendedAttribute>();
            foreach (string attribute in Encoding.UTF8.GetString(list, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries))
                if (GetXattr(path, attribute) is { } value)
                    found.Add(new ExtendedAttribute(attribute, value));
            found.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            return found;
        }
    }

    public void SetXattr(ReadOnlySpan<byte> name, ExtendedAttribute attribute)
    {
        fixed (byte* path = XattrPath(name))
        fixed (byte* key = new CPath(attribute.Name))
        fixed (byte* value = attribute.Value)
            Check(Libc.Lsetxattr(path, key, value, (nuint)attribute.Value.Length, 0), "lsetxattr", name);
    }

    private static byte[]? GetXattr(byte* path, string attribute)
    {
        byte[] value = new byte[256];
        while (true)
        {
            nint length;
            fixed (byte* key = new CPath(attribute))
            fixed (byte* buffer = value)
                length = Libc.Lgetxattr(path, key, buffer, (nuint)value.Length);
            if (length >= 0)
                return value.AsSpan(0, (int)length).ToArray();
            ErrnoException error = ErrnoException.Last("lgetxattr", attribute);
            if (error.Error == Errno.ERANGE && value.Length < LargestXattr)
                value = new byte[LargestXattr];
            else if (error.Error is Errno.ENODATA or Errno.EPERM or Errno.EACCES or Errno.EOPNOTSUPP or Errno.EOVERFLOW)
                return null; // gone meanwhile, or not ours to read: EOVERFLOW is the capability of another user namespace (capabilities(7))
            else
                throw error;
        }
    }

    // Kernel: there is no lgetxattrat before 6.13; below /proc/self/fd the directory is the one that is open, and the name is not followed.
    private CPath XattrPath(ReadOnlySpan<byte> name) =>
        new((byte[])[.. Encoding.ASCII.GetBytes($"/proc/self/fd/{_handle.DangerousGetHandle()}/"), .. CheckName(name)]);
}
