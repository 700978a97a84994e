// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kiln.SystemTests.Contexts;

/// <summary>Another program's server on a port of 127.0.0.1, for the time of a test.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <param name="command">The command for a port.</param>
    /// <param name="environment">What it gets beside the tests' own environment.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<PeerProcess> StartAsync(Func<int, IReadOnlyList<string>> command, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        int port = FreePort();
        IReadOnlyList<string> words = command(port);
        var info = new ProcessStartInfo(words[0], words.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            info.Environment[name] = value;
        Process process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var peer = new PeerProcess(process, port);
        await peer.WaitAsync(words[0], cancellationToken);
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitAsync(string program, CancellationToken cancellationToken)
    {
        for (int i = 0; i < 1200; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
        throw new TimeoutException($"{program} did not start");
    }
}
