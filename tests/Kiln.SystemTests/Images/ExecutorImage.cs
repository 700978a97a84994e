// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Images;
using Kiln.SystemTests.Registry;
using Xunit;

[assembly: AssemblyFixture(typeof(ExecutorImage))]

namespace Kiln.SystemTests.Images;

/// <summary>
/// The executor image, plain and with a shell, as `images/build` makes it: loaded into a podman that the tests share. Made when the first test asks for it; without a mirror of
/// Debian, and without packages that an earlier run has fetched, those tests are skipped.
/// </summary>
public sealed class ExecutorImage : IDisposable
{
    /// <summary>What podman calls the plain image.</summary>
    public const string Plain = "localhost/kiln/executor:latest";

    /// <summary>What podman calls the image with busybox.</summary>
    public const string Debug = "localhost/kiln/executor:debug";

    private readonly SemaphoreSlim _making = new(1);
    private Podman? _podman;
    private string? _missing;

    /// <summary>A podman that has both images. It is the fixture's: nobody else ends it.</summary>
    internal async Task<Podman> OpenAsync(BuildWorld world, CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            if (_podman is null && _missing is null)
                _podman = await MakeAsync(world, cancellationToken);
        }
        finally
        {
            _making.Release();
        }
        Assert.SkipUnless(_podman is not null, _missing ?? "");
        return _podman!;
    }

    public void Dispose()
    {
        _podman?.Dispose();
        _making.Dispose();
    }

    private async Task<Podman?> MakeAsync(BuildWorld world, CancellationToken cancellationToken)
    {
        var podman = new Podman();
        using var directory = new TempDirectory();
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOME"] = directory.Root,
            ["KILN_BINARY"] = await world.BinaryAsync(),
        };
        foreach (string[] variant in new string[][] { [], ["--debug"] })
        {
            string archive = directory.Path($"image{variant.Length}.tar");
            using RunningProgram build = RunningProgram.Start([Path.Combine(Checkout.Root, "images", "build"), .. variant, archive, "--compression", "none"], environment, directory.Root);
            KilnRun run = await build.WaitAsync(cancellationToken);
            if (run.Status == 0)
                run = await podman.CallAsync(["load", "--quiet", "--input", archive], cancellationToken);
            else if (run.Error.Contains("hint: run `apt-get update`", StringComparison.Ordinal))
                _missing = run.Error;
            if (run.Status != 0)
                podman.Dispose();
            if (_missing is not null)
                return null;
            Assert.True(run.Status == 0, run.All);
        }
        return podman;
    }
}
