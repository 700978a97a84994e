// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Cache;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Cache;

/// <summary>A cache in an OCI layout, before another program.</summary>
public sealed class LayoutCacheTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Skopeo_finds_an_entry_by_its_key()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        using var directory = new TempDirectory();
        await using RegistryClient client = new(new RegistryOptions { UserAgent = "kiln/test" }, new NoCredentials(), TimeProvider.System);
        using var media = new CacheMedia(new CacheOptions(), client, TimeProvider.System, Assert.Fail);
        (RawDocument layer, CacheEntry entry) = CachedSteps.Create("make");
        await media.Open(new LayoutCache("cache", directory.Root)).SaveAsync(entry, layer, Cancel);

        string manifest = await Programs.RunAsync(["skopeo", "inspect", "--raw", $"oci:{directory.Root}:{entry.Key}"], Cancel);

        using JsonDocument document = JsonDocument.Parse(manifest);
        Assert.Equal(layer.Digest.ToString(), document.RootElement.GetProperty("layers")[0].GetProperty("digest").GetString());
    }
}
