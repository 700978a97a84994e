// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Kiln.SystemTests.Registry;

/// <summary>Debian's docker-registry on a free port of 127.0.0.1, with storage of its own that goes when it goes.</summary>
internal sealed class DockerRegistry : IAsyncDisposable
{
    private const string Program = "docker-registry";

    private readonly TempDirectory _directory;
    private readonly Process _process;

    private DockerRegistry(TempDirectory directory, Process process, string address)
    {
        _directory = directory;
        _process = process;
        Address = address;
    }

    /// <summary>Its certificate in PEM, which is its own authority; only with TLS.</summary>
    public string CertificateFile => _directory.Path("cert.pem");

    /// <summary>`127.0.0.1:PORT`.</summary>
    public string Address { get; }

    /// <summary>The digests' directories of all blobs that were committed: what can be pulled.</summary>
    public IReadOnlyList<string> BlobFiles() =>
        Directory.Exists(_directory.Path("storage")) ? [.. Directory.EnumerateFiles(_directory.Path("storage"), "data", SearchOption.AllDirectories).Where(file => file.Contains("/blobs/sha256/", StringComparison.Ordinal))] : [];

    /// <summary>Starts a registry; skips the test where the program is missing.</summary>
    public static async Task<DockerRegistry> StartAsync(DockerRegistryOptions options, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(Programs.Has(Program), $"{Program} is not installed");
        var directory = new TempDirectory();
        int port = FreePort();
        string config = directory.Path("config.yml");
        await File.WriteAllTextAsync(config, await ConfigureAsync(options, directory, port, cancellationToken), cancellationToken);
        var info = new ProcessStartInfo(Program, ["serve", config]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var registry = new DockerRegistry(directory, process, $"127.0.0.1:{port}");
        await registry.WaitAsync(port, cancellationToken);
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static async Task<string> ConfigureAsync(
        DockerRegistryOptions options, TempDirectory directory, int port, CancellationToken cancellationToken)
    {
        string config = $"""
            version: 0.1
            log: {"{level: error}"}
            storage:
              filesystem: {"{"}rootdirectory: {directory.Path("storage")}{"}"}
              delete: {(options.DeletesNothing ? "{enabled: false}" : "{enabled: true}")}
            http:
              addr: 127.0.0.1:{port}
            """;
        if (options.Tls)
        {
            WriteCertificate(directory.Path("cert.pem"), directory.Path("key.pem"));
            config += $"\n  tls: {{certificate: {directory.Path("cert.pem")}, key: {directory.Path("key.pem")}{(options.ClientAuthority is { } file ? $", clientcas: [{file}]" : "")}}}";
        }
        if (options.User is { } user)
        {
            string line = await Programs.RunAsync(["htpasswd", "-Bbn", user.Name, user.Password], cancellationToken);
            await File.WriteAllTextAsync(directory.Path("htpasswd"), line, cancellationToken);
            config += $"\nauth:\n  htpasswd: {{realm: tests, path: {directory.Path("htpasswd")}}}";
        }
        return config + "\n";
    }

    private static void WriteCertificate(string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kiln test registry", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitAsync(int port, CancellationToken cancellationToken)
    {
        for (int i = 0; i < 200; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
        throw new TimeoutException($"{Program} did not start");
    }
}
