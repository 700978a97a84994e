// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Globalization;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>
/// Opens what a caller's descriptors and paths lead to, as places (O_PATH): nothing is read, nothing waits. Paths are resolved by the kernel below the caller's own root or directory, and never
/// out of them; magic links of `/proc` are not followed but for the caller's own descriptors and program, by the names that programs have for these.
/// </summary>
internal sealed class CallerFiles(DirectoryHandle processes)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int LongestPath = 4096;

    private readonly GuestPaths _paths = new(processes, tree: []);

    /// <summary>What a descriptor is open on.</summary>
    public Errno OpenDescriptor(Caller caller, int descriptor, out SafeFileHandle? file) =>
        Translate(AnsweredFile.Open(processes, caller.OwnPath(NameOf(descriptor)), OpenFlags.Path, 0, PathResolve.Anywhere, out file));

    /// <summary>What a path leads to, as a place.</summary>
    public Errno Open(Caller caller, int directory, ReadOnlySpan<byte> path, bool follow, out SafeFileHandle? file) =>
        Open(caller, directory, path, follow || path[^2] == '/' ? OpenFlags.Path : OpenFlags.PathOfLink, 0, PathResolve.Anywhere, out file);

    /// <summary>Opens what a path leads to.</summary>
    /// <param name="caller">Whose path it is.</param>
    /// <param name="directory">The descriptor that it is relative to.</param>
    /// <param name="path">The path, with a NUL, not empty.</param>
    /// <param name="flags">How it is opened; what could wait must not.</param>
    /// <param name="mode">Of what is made.</param>
    /// <param name="asked">How the caller wants it resolved, if it says so.</param>
    /// <param name="file">Null on error.</param>
    public Errno Open(Caller caller, int directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode, PathResolve asked, out SafeFileHandle? file)
    {
        bool stays = (asked & (PathResolve.Beneath | PathResolve.InRoot)) != 0;
        if (flags is { IsPath: true, NoFollow: false } && FindOwnLink(path[..^1]) is { } link)
            return AnsweredFile.Open(processes, caller.OwnPath(link), flags, 0, PathResolve.Anywhere, out file);
        if (path[0] == '/' && !stays)
            return OpenFromRoot(caller, directory, path, flags, mode, asked, out file);
        Errno error = OpenDirectory(caller, directory, out DirectoryHandle? from);
        if (from is null)
        {
            file = null;
            return error;
        }
        using (from)
            error = AnsweredFile.Open(from, path, flags, mode, asked | (stays ? 0 : PathResolve.Beneath) | PathResolve.NoMagicLinks, out file);
        return stays || error is not (Errno.EXDEV or Errno.EAGAIN) ? error : OpenFromRoot(caller, directory, path, flags, mode, asked, out file);
    }

    /// <summary>The directory in which a path would put its last name, which is given back too.</summary>
    public Errno OpenParent(Caller caller, int directory, ReadOnlySpan<byte> path, PathResolve asked, out DirectoryHandle? parent, out ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> trimmed = path[..^1].TrimEnd((byte)'/');
        int slash = trimmed.LastIndexOf((byte)'/');
        name = trimmed[(slash + 1)..];
        parent = null;
        if (name.IsEmpty || name is [(byte)'.'] or [(byte)'.', (byte)'.'])
            return Errno.EEXIST;
        byte[] above = [.. trimmed[..(slash + 1)], (byte)'.', 0];
        Errno error = Open(caller, directory, above, OpenFlags.PathOfDirectory, 0, asked, out SafeFileHandle? file);
        parent = file is null ? null : AnsweredFile.AsDirectory(file);
        return error;
    }

    /// <summary>A path that leads out of its directory starts where that lies in the caller's root.</summary>
    private Errno OpenFromRoot(Caller caller, int directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode, PathResolve asked, out SafeFileHandle? file)
    {
        file = null;
        if (path[0] != '/')
        {
            ReadOnlySpan<byte> from = _paths.OfDirectory(caller, directory);
            if (from.IsEmpty)
                return Errno.ENOENT;
            if (from.Length + path.Length >= LongestPath)
                return Errno.ENAMETOOLONG;
            path = (byte[])[.. from, (byte)'/', .. path];
        }
        Errno error = AnsweredFile.Open(processes, caller.OwnPath("root"), OpenFlags.PathOfDirectory, 0, PathResolve.Anywhere, out SafeFileHandle? root);
        if (root is null)
            return error;
        using DirectoryHandle top = AnsweredFile.AsDirectory(root);
        return AnsweredFile.Open(top, path, flags, mode, asked | PathResolve.InRoot | PathResolve.NoMagicLinks, out file);
    }

    private Errno OpenDirectory(Caller caller, int directory, out DirectoryHandle? opened)
    {
        Errno error = Translate(AnsweredFile.Open(processes, caller.OwnPath(NameOf(directory)), OpenFlags.PathOfDirectory, 0, PathResolve.Anywhere, out SafeFileHandle? file));
        opened = file is null ? null : AnsweredFile.AsDirectory(file);
        return error;
    }

    private static string NameOf(int descriptor) =>
        descriptor == CurrentDirectory ? "cwd" : string.Create(CultureInfo.InvariantCulture, $"fd/{descriptor}");

    /// <summary>A descriptor that is not open has no name.</summary>
    private static Errno Translate(Errno error) => error == Errno.ENOENT ? Errno.EBADF : error;

    /// <summary>What one of the caller's own magic links is called below its directory in `/proc`.</summary>
    private static string? FindOwnLink(ReadOnlySpan<byte> path)
    {
        if (path.SequenceEqual("/proc/self/exe"u8))
            return "exe";
        if (path.SequenceEqual("/dev/stdin"u8))
            return NameOf(0);
        if (path.SequenceEqual("/dev/stdout"u8))
            return NameOf(1);
        if (path.SequenceEqual("/dev/stderr"u8))
            return NameOf(2);
        ReadOnlySpan<byte> number = path.StartsWith("/dev/fd/"u8) ? path["/dev/fd/"u8.Length..] : path.StartsWith("/proc/self/fd/"u8) ? path["/proc/self/fd/"u8.Length..] : [];
        return Utf8Parser.TryParse(number, out int value, out int used) && used == number.Length && value >= 0 ? NameOf(value) : null;
    }
}
