// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Namespaces;

/// <summary>What a process in a host name or network namespace of its own sets up there.</summary>
public static unsafe class HostIdentity
{
    /// <summary>False where a seccomp filter refuses the call, as podman's does to containers without CAP_SYS_ADMIN, whatever namespace they make.</summary>
    public static bool TrySetHostName(string name)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        fixed (byte* start = new CPath(bytes))
        {
            if (Libc.SetHostName(start, (nuint)bytes.Length) == 0)
                return true;
            var error = ErrnoException.Last("sethostname", name);
            return error.Error == Errno.EPERM ? false : throw error;
        }
    }

    /// <summary>Brings `lo` up: in a new network namespace it is there, but down.</summary>
    public static void BringLoopbackUp()
    {
        int fd = Libc.Socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        using SafeFileHandle socket = fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw ErrnoException.Last("socket");
        Libc.InterfaceRequest request = default;
        request.Name[0] = (byte)'l';
        request.Name[1] = (byte)'o';
        if (Libc.Ioctl(socket, Libc.SIOCGIFFLAGS, &request) != 0)
            throw ErrnoException.Last("ioctl", "SIOCGIFFLAGS lo");
        request.Flags |= Libc.IFF_UP;
        if (Libc.Ioctl(socket, Libc.SIOCSIFFLAGS, &request) != 0)
            throw ErrnoException.Last("ioctl", "SIOCSIFFLAGS lo");
    }
}
