// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Programs;
using Kiln.Sandbox.Stage;
using Microsoft.Win32.SafeHandles;

namespace Kiln.SystemTests.Guest;

/// <summary>
/// A supervisor of one program and its descendants that has them execute programs and knows nothing else: paths are the machine's own. It is a program of its own, so that it can be run by an ordinary
/// user, and starts itself once more to put the filter on.
/// </summary>
internal static class ProgramSupervisor
{
    internal const string Argument = "kiln-test-supervisor";
    internal const string StageArgument = "kiln-test-supervised-stage";
    private const int SocketDescriptor = 3;

    /// <summary>A call that nobody makes by chance, answered with the next byte of the file that it is made for.</summary>
    internal const SystemCall Probe = SystemCall.flistxattr;

    private static readonly FilterRule[] Rules =
        [new(SystemCall.execve, FilterVerdict.Notify), new(SystemCall.execveat, FilterVerdict.Notify), new(Probe, FilterVerdict.Notify)];

    /// <summary>Runs a program under supervision and gives its status.</summary>
    public static int Run(string[] arguments)
    {
        using var socket = DescriptorSocket.Create();
        using SafeFileHandle input = Descriptor.Inherited(0), output = Descriptor.Inherited(1), errors = Descriptor.Inherited(2);
        using var child = ChildProcess.Start(new Reexecution
        {
            Namespaces = NamespaceKinds.None,
            Arguments = [Environment.GetCommandLineArgs()[0], StageArgument, .. arguments],
            Environment = [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")],
            Descriptors = [input, output, errors, socket.Sender],
        });
        socket.Sender.Dispose();
        child.Release();
        using var end = Pipe.Create();
        List<string> before = OpenFiles();
        var starter = new ProgramStarter(shortcuts: null);
        var thread = new Thread(() => Serve(socket.Receiver, end.Reader, starter)) { IsBackground = true };
        thread.Start();
        int status = child.Wait().ShellStatus;
        end.Writer.Dispose();
        thread.Join();
        if (starter.Failure is not null)
            Console.Error.WriteLine(starter.Failure);
        string[] left = [.. OpenFiles().Except(before)];
        if (left.Length > 0)
            Console.Error.WriteLine($"still open: {string.Join(' ', left)}");
        return starter.Failure is null ? status : 98;
    }

    /// <summary>Without what the runtime itself opens as it goes.</summary>
    private static List<string> OpenFiles() =>
    [
        .. Directory.GetFiles("/proc/self/fd").Select(file => File.ResolveLinkTarget(file, false)?.FullName ?? "")
            .Where(target => !target.EndsWith(".dll", StringComparison.Ordinal) && !target.Contains("pipe:", StringComparison.Ordinal)),
    ];

    /// <summary>Puts the filter on and executes the program, the first call that is trapped.</summary>
    public static int RunStage(string[] arguments)
    {
        using SafeFileHandle socket = Descriptor.Inherited(SocketDescriptor);
        SeccompFilter.RenouncePrivilege();
        string[] environment = [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")];
        using var image = new ProgramImage(arguments, environment);
        using (SafeFileHandle listener = SeccompFilter.InstallWithListener(SeccompProgram.Assemble(Rules, SystemCallNumbers.Own)))
            DescriptorSocket.Send(socket, listener);
        Descriptor.CloseAllButStandardOnExecute();
        ProcessAttributes.ResetSignals();
        StageFailure failure = ProgramStart.Execute(image, arguments[0], Environment.GetEnvironmentVariable("PATH") ?? "/bin");
        Console.Error.WriteLine(failure);
        return 127;
    }

    private static void Serve(SafeFileHandle socket, SafeFileHandle end, ProgramStarter starter)
    {
        using var listener = new SeccompListener(DescriptorSocket.Receive(socket)!);
        while (listener.Wait(end, []) is { } called)
            if (called && listener.TryReceive(out TrappedCall call))
                Answer(listener, call, starter);
        starter.Dispose();
    }

    private static void Answer(SeccompListener listener, in TrappedCall call, ProgramStarter starter)
    {
        if (starter.IsExpected(call))
            listener.Continue(call);
        else if (call.Call == Probe)
            AnswerProbe(listener, call, starter);
        else if (Plan(call, out ProgramPlan? plan) is var error && plan is not null)
            starter.Start(listener, call, plan);
        else
            listener.Fail(call, error);
    }

    private static void AnswerProbe(SeccompListener listener, in TrappedCall call, ProgramStarter starter)
    {
        if (!starter.TryTakeBorrowed(call, out SafeFileHandle? file))
        {
            starter.Borrow(listener, call, call.Number(0));
            return;
        }
        using (file)
        {
            Span<byte> next = stackalloc byte[1];
            if (file is null)
                listener.Fail(call, Errno.EBADF);
            else
                listener.Return(call, Descriptor.Read(file, next) == 1 ? next[0] : 0);
        }
    }

    private static Errno Plan(in TrappedCall call, out ProgramPlan? plan)
    {
        plan = null;
        byte[] buffer = new byte[4096];
        int argument = call.Call == SystemCall.execveat ? 1 : 0;
        if (!ProcessMemory.TryReadText(call.ThreadId, call.Pointer(argument), buffer, out int length, out Errno error))
            return error;
        string path = Encoding.UTF8.GetString(buffer, 0, length);
        var prefix = new List<byte[]>();
        string program = path;
        for (int level = 0; ; level++)
        {
            if (level > ScriptLine.MostLevels)
                return Errno.ELOOP;
            error = Open(call, program, out SafeFileHandle? file);
            if (file is null)
                return error;
            byte[] start = new byte[ScriptLine.Longest];
            start = start[..RandomAccess.Read(file, start, 0)];
            if (!ScriptLine.IsScript(start))
                return Plan(call, file, path, program, prefix, out plan);
            file.Dispose();
            if (ScriptLine.Parse(start) is not { } line)
                return Errno.ENOEXEC;
            prefix = [line.Interpreter, .. line.Argument is null ? [] : (byte[][])[line.Argument], Encoding.UTF8.GetBytes(program), .. prefix.Skip(1)];
            program = Encoding.UTF8.GetString(line.Interpreter);
        }
    }

    private static Errno Plan(in TrappedCall call, SafeFileHandle file, string path, string program, List<byte[]> prefix, out ProgramPlan? plan)
    {
        plan = null;
        Errno error = ElfImage.Read(file, out ElfImage? image);
        SafeFileHandle? interpreter = null;
        ElfImage? interpreterImage = null;
        if (image?.Interpreter is { } name && (error = Open(call, Encoding.UTF8.GetString(name), out interpreter)) == Errno.None)
            error = ElfImage.Read(interpreter!, out interpreterImage);
        if (error != Errno.None)
        {
            file.Dispose();
            interpreter?.Dispose();
            return error;
        }
        plan = new ProgramPlan
        {
            Executed = interpreter ?? file,
            ExecutedImage = interpreterImage ?? image!,
            Program = interpreter is null ? null : file,
            ProgramImage = interpreter is null ? null : image,
            Prefix = [.. prefix],
            ExecutedName = Encoding.UTF8.GetBytes(path),
            CommandName = Encoding.UTF8.GetBytes(Path.GetFileName(path)),
            Ids = new ProgramIds(1234, 1235, 1236, 1237, false),
            Commit = (_, _) => true,
        };
        return Errno.None;
    }

    /// <summary>A relative path is the caller's.</summary>
    private static Errno Open(in TrappedCall call, string path, out SafeFileHandle? file)
    {
        file = null;
        string full = path.StartsWith('/') ? path : string.Create(CultureInfo.InvariantCulture, $"/proc/{call.ThreadId}/cwd/{path}");
        if (Directory.Exists(full) || !File.Exists(full))
            return Directory.Exists(full) ? Errno.EACCES : Errno.ENOENT;
        try
        {
            file = Descriptor.OpenToRead(full);
            if ((AnsweredFile.GetStatus(file).Mode & 0x49) != 0) // 0111
                return Errno.None;
            file.Dispose();
            file = null;
            return Errno.EACCES;
        }
        catch (ErrnoException e)
        {
            return e.Error;
        }
    }
}
