// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;

namespace Kiln.Sandbox.Supervision;

/// <summary>Translates what the builder's `/proc` says of a step's directories and files into the step's own paths.</summary>
/// <param name="processes">The builder's `/proc`.</param>
/// <param name="tree">Where the step's root lies for the builder, as the kernel writes it; empty where it is the root of a mount namespace.</param>
internal sealed class GuestPaths(DirectoryHandle processes, byte[] tree)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int LongestPath = 4096;

    private readonly byte[] _buffer = new byte[LongestPath];

    /// <summary>The path of an open directory of the builder's, as the kernel writes it.</summary>
    public static byte[] OfOpenDirectory(DirectoryHandle processes, DirectoryHandle directory)
    {
        using var own = directory.OpenSelf();
        byte[] buffer = new byte[LongestPath];
        byte[] link = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"self/fd/{own.DangerousGetHandle()}\0"));
        Errno error = AnsweredFile.ReadLink(processes, link, buffer, out int length);
        return error == Errno.None ? buffer[..length] : throw new ErrnoException("readlinkat", error, "/proc/self/fd");
    }

    /// <summary>The absolute path that a call's path is relative to, valid until the next call; empty where there is none any more.</summary>
    public ReadOnlySpan<byte> OfDirectory(Caller caller, int descriptor)
    {
        byte[] link = caller.OwnPath(descriptor == CurrentDirectory ? "cwd" : string.Create(CultureInfo.InvariantCulture, $"fd/{descriptor}"));
        Errno error = AnsweredFile.ReadLink(processes, link, _buffer, out int length);
        if (error is Errno.EACCES or Errno.EPERM)
            error = caller.AsUser(() => AnsweredFile.ReadLink(processes, link, _buffer, out length));
        return error == Errno.None ? Strip(_buffer.AsSpan(0, length)) : [];
    }

    /// <summary>A path below the step's root for a call, with a NUL; the root itself is `.`.</summary>
    public static byte[] ForCall(UnixPath path) => path.IsRoot ? [(byte)'.', 0] : [.. path.Bytes, 0];

    /// <summary>A path of the builder's as the step has it; empty where it is not below the step's root.</summary>
    public ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith(tree))
            return [];
        ReadOnlySpan<byte> rest = path[tree.Length..];
        return rest.IsEmpty ? "/"u8 : rest[0] == '/' ? rest : [];
    }
}
