// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Linux.Files;
using Kiln.Sandbox;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

/// <summary>A small root file system, made of Debian's busybox-static, in a directory of its own; removed at the end.</summary>
public sealed class BusyboxTree : IDisposable
{
    private readonly Dictionary<RequestedIsolation, Lazy<Task<ChosenIsolation>>> _isolations;

    private const string Busybox = "/usr/bin/busybox";

    public BusyboxTree()
    {
        _isolations = Enum.GetValues<RequestedIsolation>().ToDictionary(requested => requested, requested => new Lazy<Task<ChosenIsolation>>(() => new IsolationLadder(
            new SandboxOptions { RootDirectory = Directory, RuntimeEnvironment = RuntimeEnvironment, Isolation = requested }).ClimbAsync(CancellationToken.None)));
        Assert.SkipUnless(File.Exists(Busybox), "busybox-static is not installed");
        foreach (string directory in new[] { "bin", "etc", "root", "tmp", "home/app", "srv" })
            System.IO.Directory.CreateDirectory($"{Root}/{directory}");
        File.Copy(Busybox, $"{Root}/bin/busybox");
        foreach (string applet in Applets())
            if (applet != "busybox")
                File.CreateSymbolicLink($"{Root}/bin/{applet}", "busybox");
        File.WriteAllText($"{Root}/etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n");
        File.WriteAllText($"{Root}/etc/group", "root:x:0:\nstaff:x:50:app\nappgroup:x:1001:\nextra:x:2000:app\n");
        using (var root = DirectoryHandle.Open(Root))
            root.SetMode("tmp"u8, 0x3FF); // 1777
        var old = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        System.IO.Directory.SetLastWriteTimeUtc($"{Root}/etc", old);
        System.IO.Directory.SetLastWriteTimeUtc(Root, old);
    }

    /// <summary>The sandbox of this machine, looked for once.</summary>
    public Task<ChosenIsolation> ClimbAsync(CancellationToken cancellationToken) => ClimbAsync(RequestedIsolation.Auto, cancellationToken);

    /// <summary>A certain one, looked for once.</summary>
    public Task<ChosenIsolation> ClimbAsync(RequestedIsolation requested, CancellationToken cancellationToken) => _isolations[requested].Value.WaitAsync(cancellationToken);

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("kiln-sandbox-").FullName;

    public string Root => $"{Directory}/tree";

    public void Dispose() => Process.Start("rm", ["-rf", Directory]).WaitForExit();

    /// <summary>What a framework-dependent program needs to be started again.</summary>
    private static string[] RuntimeEnvironment =>
        Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root ? [$"DOTNET_ROOT={root}"] : [];

    private static string[] Applets()
    {
        using Process list = Process.Start(new ProcessStartInfo(Busybox, ["--list"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return list.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
