// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using System.IO.Compression;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>A root directory on a file system that runs full.</summary>
public sealed class FullDiskTests(BuildWorld world)
{
    [Theory]
    [InlineData(1, "RUN true")] // while the base is fetched
    [InlineData(2, "RUN true")] // while it is unpacked
    [InlineData(6, "COPY large /srv/large")] // while a layer is written
    [InlineData(6, "ADD packed.tar.gz /srv/")] // while an archive is unpacked
    public async Task A_full_disk_is_one_clear_error(int megabytes, string step)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can mount a small file system");
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        using BuildPlace place = await world.NewPlaceAsync();
        File.WriteAllBytes(place.ContextPath("large"), System.Security.Cryptography.RandomNumberGenerator.GetBytes(8_000_000));
        PackZeros(place.ContextPath("packed.tar.gz"), 8_000_000);
        place.Dockerfile($"FROM base\n{step}");
        await Programs.RunAsync(["mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", place.Path("root")], cancellationToken);
        try
        {
            KilnRun run = await place.BuildAsync(["--no-push"], cancellationToken);

            Assert.Equal(1, run.Status);
            string error = Assert.Single(run.Error.Split('\n'), line => line.Contains("error KILN", StringComparison.Ordinal));
            Assert.Matches("No space left on device|free, and at least .* are needed", error);
            Assert.Empty(place.Remains());
        }
        finally
        {
            await Programs.RunAsync(["umount", place.Path("root")], CancellationToken.None);
        }
    }

    /// <summary>An archive that is small as long as it is packed.</summary>
    private static void PackZeros(string path, int size)
    {
        using var packed = new GZipStream(File.Create(path), CompressionMode.Compress);
        using var writer = new TarWriter(packed);
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "zeros") { DataStream = new MemoryStream(new byte[size]) });
    }
}
