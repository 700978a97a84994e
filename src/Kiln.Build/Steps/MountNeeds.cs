// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Linux;
using Kiln.Planning.Steps;
using Kiln.Sandbox;

namespace Kiln.Build.Steps;

/// <summary>What a `RUN` asks of the rung by its mounts.</summary>
internal static class MountNeeds
{
    /// <summary>What a sandbox cannot do of it, as the end of a sentence; null where it can do all.</summary>
    internal static string? FindRefusal(RunStep step, ISandbox sandbox) => sandbox.FindRefusal(TargetsOf(step), SharesSource(step));

    /// <summary>What the rungs below the first cannot do of it.</summary>
    internal static string? FindRefusal(RunStep step) => ChrootSandbox.FindRefusalOf(TargetsOf(step), SharesSource(step));

    private static List<UnixPath> TargetsOf(RunStep step) => [.. step.Mounts.Where(mount => mount.Target is not null).Select(mount => UnixPath.Clean(mount.Target!))];

    private static bool SharesSource(RunStep step) =>
        step.Mounts.Where(mount => mount.Type == MountType.Cache).GroupBy(mount => (mount.Id, mount.From, mount.From is null ? null : mount.Source)).Any(same => same.Skip(1).Any());
}
