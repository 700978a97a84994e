// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>When a health check runs, in nanoseconds as the image configuration has it. Zero is the default.</summary>
public sealed record HealthcheckTiming(long Interval, long Timeout, long StartPeriod, long StartInterval, int Retries)
{
    public static HealthcheckTiming Default { get; } = new(0, 0, 0, 0, 0);
}
