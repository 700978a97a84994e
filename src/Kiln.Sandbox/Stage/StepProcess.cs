// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Results;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Stage;

/// <summary>A step's first process, seen from the builder. It is used on one thread, which must be there for as long as the step is.</summary>
internal sealed class StepProcess : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int LongestReport = 1 << 20;

    // What makes the runtime start faster for the few milliseconds that it is used: no diagnostics port, no background collector, no profiling of hot code.
    private static readonly string[] StartFaster = ["DOTNET_EnableDiagnostics=0", "DOTNET_gcConcurrent=0", "DOTNET_TieredPGO=0"];

    private readonly ChildProcess _child;
    private readonly SafeFileHandle _output;
    private readonly SafeFileHandle _error;
    private readonly SafeFileHandle _report;
    private readonly MemoryStream _said = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private bool _ended;

    private StepProcess(ChildProcess child, SafeFileHandle output, SafeFileHandle error, SafeFileHandle report) =>
        (_child, _output, _error, _report) = (child, output, error, report);

    /// <summary>What the second stage said last.</summary>
    public StageReport? Report => StageChannel.Last(_said.ToArray());

    public int ProcessId => _child.ProcessId;

    /// <param name="request">What the second stage is told.</param>
    /// <param name="namespaces">What it gets of its own.</param>
    /// <param name="listener">By which it sends the listener of its filter.</param>
    /// <param name="runtimeEnvironment">What this program needs to start.</param>
    public static StepProcess Start(StageRequest request, NamespaceKinds namespaces, SafeFileHandle listener, IReadOnlyList<string> runtimeEnvironment)
    {
        Pipe output = Pipe.Create(), error = Pipe.Create(), report = Pipe.Create();
        using SafeFileHandle nothing = Descriptor.Open("/dev/null");
        using SafeFileHandle file = Descriptor.InMemory("request"u8, StageCodec.Encode(request));
        try
        {
            var child = ChildProcess.Start(new Reexecution
            {
                Namespaces = namespaces,
                Arguments = ["kiln", SecondStage.Argument],
                Environment = [.. runtimeEnvironment, .. StartFaster],
                Descriptors = [nothing, output.Writer, error.Writer, file, report.Writer, listener],
            });
            return new StepProcess(child, output.Reader, error.Reader, report.Reader);
        }
        catch
        {
            output.Reader.Dispose();
            error.Reader.Dispose();
            report.Reader.Dispose();
            throw;
        }
        finally
        {
            output.Writer.Dispose();
            error.Writer.Dispose();
            report.Writer.Dispose();
        }
    }

    /// <summary>Gives it every id that the builder has, under the same number, and lets it go.</summary>
    public void Release(IdMaps own)
    {
        own.Identity().WriteTo(_child.ProcessId);
        _child.Release();
    }

    /// <summary>Lets it go in the builder's own namespaces.</summary>
    public void Release() => _child.Release();

    /// <summary>Kills the step and everything that it started.</summary>
    public void Kill() => _child.Kill();

    /// <summary>Makes sure that it has ended: where following it was broken off it has not.</summary>
    public void End()
    {
        if (_ended)
            return;
        _child.Kill();
        Reap();
    }

    /// <summary>
    /// Hands the output on until the process has ended, with which its pid namespace has, or everything is ended that it has left. What was written by then is read; a
    /// descriptor that somebody else has got hold of keeps nothing waiting.
    /// </summary>
    public ProcessExit Follow(OutputReceiver receiver, Action endRemains)
    {
        SafeFileHandle[] sources = [_output, _error, _report, _child.Handle];
        bool ended = false;
        while (!ended)
        {
            bool[] ready = Descriptor.PollReadable(sources, wait: true);
            Pump(ready, receiver);
            ended = ready[^1];
        }
        endRemains();
        while (Pump(Descriptor.PollReadable(sources.AsSpan(..^1), wait: false), receiver))
        {
        }
        return Reap();
    }

    public void Dispose()
    {
        _child.Dispose();
        _output.Dispose();
        _error.Dispose();
        _report.Dispose();
        _said.Dispose();
    }

    private ProcessExit Reap()
    {
        _ended = true;
        return _child.Wait();
    }

    private bool Pump(ReadOnlySpan<bool> ready, OutputReceiver receiver)
    {
        bool any = false;
        if (ready[0] && Read(_output) is { IsEmpty: false } output)
        {
            receiver(OutputStream.Out, output);
            any = true;
        }
        if (ready[1] && Read(_error) is { IsEmpty: false } error)
        {
            receiver(OutputStream.Error, error);
            any = true;
        }
        if (ready[2] && Read(_report) is { IsEmpty: false } said && _said.Length < LongestReport)
        {
            _said.Write(said);
            any = true;
        }
        return any;
    }

    /// <summary>What is there; at the end nothing, and the handle is closed, for an ended pipe would be ready for ever.</summary>
    private ReadOnlySpan<byte> Read(SafeFileHandle pipe)
    {
        int count = Descriptor.Read(pipe, _buffer);
        if (count == 0)
            pipe.Dispose();
        return _buffer.AsSpan(0, count);
    }
}
