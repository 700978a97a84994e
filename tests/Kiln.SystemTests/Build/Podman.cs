// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>podman with runc and storage of its own, as a witness that images run, and as the container that Kiln itself runs in.</summary>
internal sealed class Podman : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, string> _environment;

    public Podman()
    {
        Assert.SkipUnless(Programs.Has("podman") && Programs.Has("runc"), "podman or runc is not installed");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests run podman as root only");
        File.WriteAllText(_directory.Path("containers.conf"), "[containers]\ndefault_ulimits = []\n");
        _environment = new()
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOME"] = _directory.Root,
            ["CONTAINERS_CONF"] = _directory.Path("containers.conf"),
        };
    }

    /// <summary>What Docker's default profile refuses.</summary>
    public static IReadOnlyList<string> DockersRefusals { get; } = ["--security-opt", $"seccomp={Path.Combine(Checkout.Root, "tests", "Kiln.SystemTests", "Build", "docker-default-refusals.json")}"];

    /// <summary>What Docker's default profile refuses, and the capabilities that it leaves.</summary>
    public static IReadOnlyList<string> DockersRestrictions { get; } =
    [
        .. DockersRefusals, "--cap-drop", "ALL",
        .. new[]
        {
            "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
        }.SelectMany(capability => new[] { "--cap-add", capability }),
    ];

    /// <summary>`podman run --rm`, with the machine's network and without limits that a test machine may not grant.</summary>
    /// <param name="arguments">Its flags, the image and what the container is told.</param>
    /// <param name="cancellationToken">Ends podman.</param>
    /// <param name="input">A file that the container reads from its standard input, with `--interactive`; null for nothing.</param>
    public Task<KilnRun> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null) =>
        CallAsync(["run", "--rm", "--ulimit", "host", "--network", "host", .. arguments], cancellationToken, input);

    public async Task<KilnRun> CallAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        string[] through = input is null ? [] : ["sh", "-c", "exec \"$@\" <\"$0\"", input];
        string[] command = [.. through, "podman", "--runtime", "runc", "--root", _directory.Path("storage"), "--runroot", _directory.Path("run")];
        using RunningProgram program = RunningProgram.Start([.. command, .. arguments], _environment, _directory.Root);
        return await program.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        // podman keeps its storage mounted below itself.
        using (Process umount = Process.Start("umount", ["-q", "-l", _directory.Path("storage/overlay")]))
            umount.WaitForExit();
        using (Process remove = Process.Start("rm", ["-rf", _directory.Root]))
            remove.WaitForExit();
    }
}
