// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.Programs;
using Kiln.Sandbox.Guest.State;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Answers execve(2) and execveat(2): finds the program, through all its interpreters, inside the tree, judges whether the caller may execute it and whom it then is, and has it started.</summary>
internal sealed class ExecuteCalls(ProgramStarter starter)
{
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoFollow = 0x100;   // AT_SYMLINK_NOFOLLOW
    private const int LongestName = 256;

    public void Answer(GuestCall call)
    {
        if (starter.IsExpected(call.Arguments))
        {
            call.Caller.Continue();
            return;
        }
        Errno error = Plan(call, out ProgramPlan? plan);
        if (plan is null)
            call.Caller.Fail(error);
        else
            starter.Start(call.Caller.Listener, call.Arguments, plan);
    }

    private static Errno Plan(GuestCall call, out ProgramPlan? plan)
    {
        plan = null;
        TrappedCall arguments = call.Arguments;
        bool relative = arguments.Call == SystemCall.execveat;
        int directory = relative ? arguments.Number(0) : GuestCall.CurrentDirectory, flags = relative ? arguments.Number(4) : 0;
        if ((flags & ~(EmptyPath | NoFollow)) != 0)
            return Errno.EINVAL;
        Errno error = call.ReadPath(relative ? 1 : 0, out ReadOnlySpan<byte> path);
        if (error != Errno.None)
            return error;
        byte[] name = path[..^1].ToArray();
        Found found = default;
        if (name.Length == 0)
        {
            if ((flags & EmptyPath) == 0)
                return Errno.ENOENT;
            error = call.Lookup.OpenBase(directory, out found.Place, out bool served);
            error = error != Errno.None ? error : served ? Errno.EACCES : found.Place.GetStatus(out found.Status);
            name = System.Text.Encoding.ASCII.GetBytes($"/dev/fd/{directory}");
        }
        else
        {
            error = call.Lookup.Find(directory, path, (flags & NoFollow) == 0, out found);
            if (directory != GuestCall.CurrentDirectory && name[0] != '/')
                name = [.. System.Text.Encoding.ASCII.GetBytes($"/dev/fd/{directory}/"), .. name];
        }
        using (found)
            return error == Errno.None ? Plan(call, found, name, out plan) : error;
    }

    private static Errno Plan(GuestCall call, in Found found, byte[] name, out ProgramPlan? plan)
    {
        plan = null;
        var prefix = ImmutableArray<byte[]>.Empty;
        byte[] executedName = name;
        SafeFileHandle? program = null;
        RunningProgram? running = null;
        try
        {
            Errno error = Open(call, found, out program, out FullStatus status);
            for (int level = 0; error == Errno.None; level++)
            {
                byte[] start = new byte[ScriptLine.Longest];
                int length = RandomAccess.Read(program!, start, 0);
                if (!ScriptLine.IsScript(start.AsSpan(0, length)))
                    break;
                if (level == ScriptLine.MostLevels)
                    return Errno.ELOOP;
                if (ScriptLine.Parse(start.AsSpan(0, length)) is not { } line)
                    return Errno.ENOEXEC;
                // What is executed now is what the line names; what was is its argument.
                prefix = [line.Interpreter, .. line.Argument is { } argument ? [argument] : Array.Empty<byte[]>(), .. prefix.IsEmpty ? [name] : prefix.RemoveAt(0).Insert(0, name)];
                name = line.Interpreter;
                program!.Dispose();
                program = null;
                error = OpenByPath(call, line.Interpreter, out program, out status);
            }
            if (error != Errno.None)
                return error;
            error = ElfImage.Read(program!, out ElfImage? image);
            if (image is null)
                return error;
            error = Identify(call, status, out GuestCredentials after, out bool isSecure);
            if (error != Errno.None)
                return error;
            error = Place.Of(program!).Reopen(OpenFlags.Path, out Place place);
            if (error != Errno.None)
                return error;
            running = call.States.ProgramAt(place, status.Inode);
            SafeFileHandle? executed = program;
            ElfImage? executedImage = image;
            if (image.Interpreter is { } interpreter)
            {
                error = OpenByPath(call, interpreter, out executed, out _);
                if (error == Errno.None)
                    error = ElfImage.Read(executed!, out executedImage);
                if (executedImage is null || error != Errno.None)
                {
                    executed?.Dispose();
                    return error == Errno.ENOEXEC ? Errno.ELIBBAD : error;
                }
            }
            GuestState state = call.State with { Credentials = after, Program = running };
            bool takesShortcuts = !call.Shortcuts.AreGivenUp && call.Shortcuts.AreFor(call.State) && call.Shortcuts.AreFor(state), endsShortcuts = call.Shortcuts.Patches is not null && state.KeepsShortcuts && !takesShortcuts;
            GuestStates states = call.States;
            plan = new ProgramPlan
            {
                Executed = executed!,
                ExecutedImage = executedImage,
                Program = image.Interpreter is null ? null : program,
                ProgramImage = image.Interpreter is null ? null : image,
                Prefix = prefix,
                ExecutedName = executedName,
                CommandName = LastName(executedName), // of a script too
                Ids = new ProgramIds(after.Users.Real, after.Users.Effective, after.Groups.Real, after.Groups.Effective, isSecure),
                WithShortcuts = takesShortcuts ? state : null,
                EndsShortcuts = endsShortcuts,
                Commit = (process, ends) => states.Set(process, ends ? state with { KeepsShortcuts = false } : state) == Errno.None,
            };
            program = null;
            return Errno.None;
        }
        finally
        {
            program?.Dispose();
        }
    }

    private static byte[] LastName(byte[] path) => path[(Array.LastIndexOf(path, (byte)'/') + 1)..];

    private static Errno OpenByPath(GuestCall call, byte[] path, out SafeFileHandle? program, out FullStatus status)
    {
        program = null;
        status = default;
        Errno error = call.Lookup.Find(GuestCall.CurrentDirectory, [.. path, 0], follow: true, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
            return Open(call, found, out program, out status);
    }

    private static Errno Open(GuestCall call, in Found found, out SafeFileHandle? program, out FullStatus status)
    {
        program = null;
        status = found.Status;
        if (found.Node is not null)
            return Errno.EACCES;
        Seen seen = call.Tree.See(found.Status);
        if (seen.Type == FileType.SymbolicLink)
            return Errno.ELOOP;
        if (seen.Type != FileType.File || !call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: false, AccessWanted.Execute))
            return Errno.EACCES;
        Errno error = found.Place.Reopen(OpenFlags.Read, out Place file);
        if (error == Errno.None)
            program = file.ToHandle();
        return error;
    }

    private static Errno Identify(GuestCall call, in FullStatus status, out GuestCredentials after, out bool isSecure)
    {
        Seen seen = call.Tree.See(status);
        FileCapabilities? capabilities = null;
        if (status.FileSystem == call.Tree.FileSystem && call.Tree.Records.Find(status.Inode) is { Capabilities.IsEmpty: false } record
            && FileCapabilities.Parse(record.Capabilities.Span, out capabilities) is not Errno.None and var error)
        {
            (after, isSecure) = (call.State.Credentials, false);
            return error;
        }
        bool isReadable = call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: false, AccessWanted.Read);
        return call.State.Credentials.Execute(new GuestProgram(seen.Uid, seen.Gid, seen.Mode, capabilities, isReadable), out after, out isSecure);
    }
}
