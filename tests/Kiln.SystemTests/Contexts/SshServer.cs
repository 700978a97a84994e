// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.SystemTests.Registry;

namespace Kiln.SystemTests.Contexts;

/// <summary>OpenSSH's server for root by one key, on a port of 127.0.0.1.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly PeerProcess _process;

    private SshServer(TempDirectory directory, PeerProcess process) => (_directory, _process) = (directory, process);

    public int Port => _process.Port;

    /// <summary>The key that is let in.</summary>
    public string ClientKey => _directory.Path("client");

    /// <summary>The server's line of a `known_hosts`.</summary>
    public string KnownHost => $"[127.0.0.1]:{Port.ToString(CultureInfo.InvariantCulture)} {File.ReadAllText(_directory.Path("host.pub"))}";

    public static async Task<SshServer> StartAsync(CancellationToken cancellationToken)
    {
        var directory = new TempDirectory();
        foreach (string key in new[] { "host", "client" })
            await Programs.RunAsync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory.Path(key)], cancellationToken);
        Directory.CreateDirectory("/run/sshd"); // Debian's server wants it to be there.
        string[] options =
        [
            $"HostKey={directory.Path("host")}", $"AuthorizedKeysFile={directory.Path("client.pub")}", "ListenAddress=127.0.0.1", "PidFile=none", "StrictModes=no", "UsePAM=no",
            "PasswordAuthentication=no", "PermitRootLogin=prohibit-password",
        ];
        PeerProcess process = await PeerProcess.StartAsync(
            port => ["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-p", port.ToString(CultureInfo.InvariantCulture), .. options.SelectMany(option => new[] { "-o", option })],
            new Dictionary<string, string>(),
            cancellationToken);
        return new SshServer(directory, process);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
