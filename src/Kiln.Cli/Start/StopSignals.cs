// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Cli.Start;

/// <summary>
/// SIGINT and SIGTERM stop the build in an orderly way: steps are ended, the work directory is removed. A second one, by somebody who lost patience,
/// ends at once; within a second it is the same one that came twice, from the terminal and through the parent.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan SamePress = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly Action _abandon;
    private long? _first;

    /// <param name="abandon">Called before the program ends at once.</param>
    internal StopSignals(Action abandon)
    {
        _abandon = abandon;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 2));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 15));
    }

    internal CancellationToken Token => _source.Token;

    /// <summary>128 and the signal, once one came.</summary>
    internal int? ExitStatus { get; private set; }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context, int signal)
    {
        if (_first is { } first && TimeProvider.System.GetElapsedTime(first) > SamePress)
        {
            _abandon();
            return;
        }
        context.Cancel = true;
        _first ??= TimeProvider.System.GetTimestamp();
        ExitStatus ??= 128 + signal;
        _source.Cancel();
    }
}
