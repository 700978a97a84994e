// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Xunit;

namespace Kiln.SystemTests.Attacks;

/// <summary>
/// The ways to isolate `RUN` that are attacked: all that this machine permits. KILN_TEST_ISOLATION, a list with commas, chooses some, as `chroot`.
/// </summary>
public sealed class AttackRungs : IDisposable
{
    private static readonly string[] Known = ["namespaces", "chroot", "supervised"];

    private readonly SemaphoreSlim _gate = new(1, 1);
    private IReadOnlyList<string>? _found;

    internal async Task<IReadOnlyList<string>> FindAsync(BuildWorld world, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _found ??= Environment.GetEnvironmentVariable("KILN_TEST_ISOLATION") is { Length: > 0 } chosen ? chosen.Split(',') : await TryAsync(world, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
        Assert.SkipWhen(_found.Count == 0, "`RUN` cannot be isolated here");
        return _found;
    }

    public void Dispose() => _gate.Dispose();

    private static async Task<IReadOnlyList<string>> TryAsync(BuildWorld world, CancellationToken cancellationToken)
    {
        var rungs = new List<string>();
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN true");
        foreach (string rung in Known)
            if ((await place.BuildAsync(["--isolation", rung, "--no-push"], cancellationToken)).Status == 0)
                rungs.Add(rung);
        return rungs;
    }
}
