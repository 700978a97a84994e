// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>Lists the attributes of a file without its record, which a program that copies attributes would give to its copy.</summary>
internal sealed class AttributeCalls(CallerFiles files)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int LongestList = 64 * 1024; // XATTR_LIST_MAX

    private readonly byte[] _list = new byte[LongestList];

    public void Answer(Caller caller)
    {
        TrappedCall call = caller.Call;
        Errno error = Open(caller, out SafeFileHandle? file);
        using (file)
        {
            if (file is null || error != Errno.None || AnsweredFile.GetStatus(file).Type is var type && RecordedOwner.Find(file, type) is null)
            {
                caller.Continue();
                return;
            }
            error = AnsweredFile.ListAttributes(file, _list, out int length);
            ReadOnlySpan<byte> shown = Without(OwnerRecord.NameFor(type), _list.AsSpan(0, length));
            ulong size = call.Pointer(2);
            if (error != Errno.None)
                caller.Fail(error);
            else if (size == 0 || shown.IsEmpty)
                caller.ReturnValue(shown.Length);
            else if (size < (ulong)shown.Length)
                caller.Fail(Errno.ERANGE);
            else
                caller.ReturnBytes(call.Pointer(1), shown, shown.Length);
        }
    }

    private Errno Open(Caller caller, out SafeFileHandle? file)
    {
        if (caller.Call.Call == SystemCall.flistxattr)
            return files.OpenDescriptor(caller, caller.Call.Number(0), out file);
        ReadOnlySpan<byte> path = caller.ReadPath(0);
        file = null;
        return path.Length < 2 ? Errno.ENOENT : files.Open(caller, CurrentDirectory, path, PathArguments.Of(caller.Call).Follow, out file);
    }

    /// <summary>A list of names, each with a NUL, without one of them; in place.</summary>
    private static ReadOnlySpan<byte> Without(string hidden, Span<byte> list)
    {
        Span<byte> name = stackalloc byte[64];
        int count = System.Text.Encoding.ASCII.GetBytes(hidden, name);
        name[count++] = 0;
        for (int start = 0; start < list.Length;)
        {
            int length = list[start..].IndexOf((byte)0) + 1;
            if (length <= 0)
                break;
            if (list.Slice(start, length).SequenceEqual(name[..count]))
            {
                list[(start + length)..].CopyTo(list[start..]);
                return list[..^length];
            }
            start += length;
        }
        return list;
    }
}
