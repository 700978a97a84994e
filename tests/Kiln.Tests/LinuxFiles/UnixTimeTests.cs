// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.LinuxFiles;

public sealed class UnixTimeTests
{
    [Theory]
    [InlineData(0L, 0, 0L)]
    [InlineData(1L, 0, 10_000_000L)]
    [InlineData(0L, 100, 1L)]
    [InlineData(-1L, 999_999_900, -1L)]
    [InlineData(-1L, 0, -10_000_000L)]
    [InlineData(-2L, 500_000_000, -15_000_000L)]
    public void Nanoseconds_count_upwards_before_1970_too(long seconds, int nanoseconds, long ticks) =>
        Assert.Equal(new UnixTime(seconds, nanoseconds), UnixTime.From(DateTimeOffset.UnixEpoch.AddTicks(ticks)));

    [Fact]
    public void Times_are_ordered()
    {
        UnixTime[] sorted = [new(-2, 5), new(-1), new(-1, 1), UnixTime.Epoch, new(0, 1), new(1)];

        Assert.Equal(sorted, sorted.Reverse().Order());
        Assert.True(sorted[0] < sorted[1] && sorted[1] <= sorted[2] && sorted[5] > sorted[4] && sorted[4] >= sorted[3]);
    }
}
