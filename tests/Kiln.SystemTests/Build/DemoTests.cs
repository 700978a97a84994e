// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>`./kiln demo`, the first command of a newcomer.</summary>
public sealed class DemoTests(BuildWorld world)
{
    [Fact]
    public async Task The_demo_needs_no_network_and_says_where_its_image_is()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string binary = await world.BinaryAsync();
        using var directory = new TempDirectory();
        await Programs.RunAsync(["cp", "-r", Path.Combine(Checkout.Root, "examples"), directory.Path("examples")], cancellationToken);
        string[] offline = Environment.IsPrivilegedProcess && Programs.Has("unshare") ? ["unshare", "--net"] : [];

        string said = await Programs.RunAsync([.. offline, directory.Path("examples/hello/demo"), binary, directory.Path("output")], cancellationToken);
        string digest = await Programs.RunAsync(["skopeo", "inspect", "--format", "{{.Digest}}", $"oci:{directory.Path("output/image")}"], cancellationToken);

        Assert.Contains("Hello, ", said, StringComparison.Ordinal);
        Assert.Contains($"layout  {directory.Path("output/image")}", said, StringComparison.Ordinal);
        Assert.Contains($"digest  {digest.Trim()}", said, StringComparison.Ordinal);
    }
}
