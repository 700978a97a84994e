// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class TimestampTests
{
    [Theory]
    [InlineData("2024-05-14T01:28:23.123456789Z", "2024-05-14T01:28:23.123456789Z")]
    [InlineData("2024-05-14T01:28:23Z", "2024-05-14T01:28:23Z")]
    [InlineData("2024-05-14T01:28:23.500Z", "2024-05-14T01:28:23.5Z")]
    [InlineData("2024-05-14T01:28:23.000000000Z", "2024-05-14T01:28:23Z")]
    [InlineData("2024-05-14T01:28:23.1+02:00", "2024-05-14T01:28:23.1+02:00")]
    [InlineData("2024-05-14T01:28:23+00:00", "2024-05-14T01:28:23Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    public void A_time_is_written_as_go_writes_it(string text, string expected) => Assert.Equal(expected, Timestamp.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2024-05-14")]
    [InlineData("2024-05-14T01:28:23")]
    [InlineData("2024-05-14T01:28:23.Z")]
    [InlineData("2024-05-14T01:28:23.1234567890Z")]
    [InlineData("2024-05-14 01:28:23Z")]
    [InlineData("2024-13-14T01:28:23Z")]
    [InlineData("2024-05-14T01:28:23.5")]
    public void Anything_else_is_no_time(string? text) => Assert.False(Timestamp.TryParse(text, out _));

    [Fact]
    public void Times_are_ordered_by_moment_to_the_nanosecond()
    {
        Assert.True(Timestamp.Parse("2024-05-14T01:28:23.000000001Z") > Timestamp.Parse("2024-05-14T01:28:23Z"));
        Assert.Equal(Timestamp.Parse("2024-05-14T03:28:23+02:00"), Timestamp.Parse("2024-05-14T01:28:23Z"));
    }

    [Fact]
    public void A_time_of_the_clock_keeps_its_ticks()
    {
        var time = new DateTimeOffset(2024, 5, 14, 3, 28, 23, TimeSpan.FromHours(2)).AddTicks(1234567);

        Assert.Equal("2024-05-14T01:28:23.1234567Z", Timestamp.From(time).ToString());
        Assert.Equal(time, Timestamp.From(time).ToDateTimeOffset());
        Assert.Equal("1970-01-01T00:00:01Z", Timestamp.FromUnixTimeSeconds(1).ToString());
        Assert.Equal("1969-12-31T23:59:59.5Z", Timestamp.From(DateTimeOffset.UnixEpoch.AddMilliseconds(-500)).ToString());
    }
}
