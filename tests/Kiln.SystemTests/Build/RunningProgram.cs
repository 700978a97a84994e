// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kiln.SystemTests.Build;

/// <summary>A program that was started with an environment of its own; what it says is collected as it comes.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();
    private readonly Lock _lock = new();

    private RunningProgram(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public static RunningProgram Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        // A shell that is not interactive lets what it starts in the background ignore SIGINT, and tests may be started so.
        var info = new ProcessStartInfo("env", ["--default-signal=INT", .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        info.Environment.Clear();
        foreach ((string name, string value) in environment)
            info.Environment[name] = value;
        var program = new RunningProgram(new Process { StartInfo = info });
        program._process.OutputDataReceived += (_, line) => program.Collect(program._output, line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Collect(program._error, line.Data);
        program._process.Start();
        program._process.StandardInput.Close();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    public async Task<KilnRun> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw;
        }
        lock (_lock)
            return new KilnRun(_process.ExitCode, _output.ToString(), _error.ToString());
    }

    /// <summary>Waits until the program has said something.</summary>
    public async Task WaitForAsync(string text, CancellationToken cancellationToken)
    {
        for (int i = 0; i < 1200; i++)
        {
            lock (_lock)
                if (_output.ToString().Contains(text, StringComparison.Ordinal))
                    return;
            if (_process.HasExited)
                break;
            await Task.Delay(25, cancellationToken);
        }
        throw new InvalidOperationException($"`{text}` did not come: {(await WaitAsync(cancellationToken)).All}");
    }

    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private void Collect(StringBuilder text, string? line)
    {
        if (line is not null)
            lock (_lock)
                text.Append(line).Append('\n');
    }
}
