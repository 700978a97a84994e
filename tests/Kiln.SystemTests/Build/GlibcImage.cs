// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>An image of this machine's C library, a shell, and nothing else but what the program needs: the least that it is a guest in.</summary>
internal static class GlibcImage
{
    private static readonly string[] Needed = ["libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"];

    /// <summary>Gives podman the image, without the libraries that are left out. Result: its name.</summary>
    public static async Task<string> ImportAsync(BuildPlace place, Podman podman, CancellationToken cancellationToken, params string[] leftOut)
    {
        string tree = place.Path("glibc");
        await Programs.RunAsync([Path.Combine(Checkout.Root, "examples", "hello", "make-base"), tree], cancellationToken);
        string listed = await Programs.RunAsync(["/sbin/ldconfig", "-p"], cancellationToken);
        foreach (string library in Needed.Except(leftOut))
        {
            string path = listed.Split('\n').First(line => line.TrimStart().StartsWith(library + " ", StringComparison.Ordinal)).Split("=> ")[1];
            await Programs.RunAsync(["cp", "-L", "--parents", path, tree], cancellationToken);
        }
        await Programs.RunAsync(["tar", "-C", tree, "-cf", place.Path("glibc.tar"), "."], cancellationToken);
        KilnRun import = await podman.CallAsync(["import", place.Path("glibc.tar"), "localhost/glibc:1"], cancellationToken);
        Assert.True(import.Status == 0, import.All);
        return "localhost/glibc:1";
    }
}
