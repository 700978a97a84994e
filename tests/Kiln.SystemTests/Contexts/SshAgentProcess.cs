// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.SystemTests.Registry;

namespace Kiln.SystemTests.Contexts;

/// <summary>OpenSSH's agent, which has one key.</summary>
internal sealed class SshAgentProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SshAgentProcess(Process process, string socket) => (_process, Socket) = (process, socket);

    /// <summary>What SSH_AUTH_SOCK names.</summary>
    public string Socket { get; }

    public static async Task<SshAgentProcess> StartAsync(string key, string socket, CancellationToken cancellationToken)
    {
        Process process = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        // It says where it is as soon as it listens.
        await process.StandardOutput.ReadLineAsync(cancellationToken);
        await Programs.RunAsync(["env", $"SSH_AUTH_SOCK={socket}", "ssh-add", "-q", key], cancellationToken);
        return new SshAgentProcess(process, socket);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
