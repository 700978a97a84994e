// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>The base image of the tests: Debian's busybox-static, a few accounts, `/srv` with files of odd modes. Kiln itself makes it.</summary>
internal static class BusyboxImage
{
    private const string Busybox = "/usr/bin/busybox";

    private const string Dockerfile = """
        FROM scratch
        COPY --from=tree / /
        COPY --chmod=1777 empty /tmp/
        COPY --chown=1000:1001 --chmod=0640 secretive /srv/secretive
        ENV PATH=/bin
        CMD ["sh"]
        """;

    public static async Task PushAsync(string binary, string registry, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(File.Exists(Busybox), "busybox-static is not installed");
        using var place = new BuildPlace(binary, registry, 0);
        LayOut(place.Path("tree"));
        place.Write("secretive", "for app\n");
        Directory.CreateDirectory(place.ContextPath("empty"));
        place.Dockerfile(Dockerfile);
        KilnRun run = await place.BuildAsync(
            ["--build-context", $"tree={place.Path("tree")}", "--destination", $"{registry}/library/base"], cancellationToken);
        Assert.True(run.Status == 0, run.All);
    }

    private static void LayOut(string root)
    {
        foreach (string directory in new[] { "bin", "etc", "root", "tmp", "home/app", "srv", "dev", "proc", "sys", "run" })
            Directory.CreateDirectory($"{root}/{directory}");
        File.Copy(Busybox, $"{root}/bin/busybox");
        using Process list = Process.Start(new ProcessStartInfo(Busybox, ["--list"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        foreach (string applet in list.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (applet != "busybox")
                File.CreateSymbolicLink($"{root}/bin/{applet}", "busybox");
        File.WriteAllText($"{root}/etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n");
        File.WriteAllText($"{root}/etc/group", "root:x:0:\nappgroup:x:1001:\n");
        File.WriteAllText($"{root}/srv/keep", "from the base\n");
    }
}
