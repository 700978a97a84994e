// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Kiln.Build.Events;
using Kiln.Build.Fetching;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Build;

public sealed class FetchReportsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(0, "still fetching s3://b/c")]
    [InlineData(3 << 20, "fetching s3://b/c: 3.0 MiB so far")]
    public async Task After_ten_seconds_it_says_how_much_of_a_context_has_come(int size, string expected)
    {
        var time = new ManualTime();
        var said = Channel.CreateUnbounded<string>();
        string file = Path.Combine(_directory, "context");
        if (size > 0)
            await File.WriteAllBytesAsync(file, new byte[size], Cancel);
        await using var reports = new FetchReports("s3://b/c", file, time, happened => said.Writer.TryWrite(((Progress)happened).Message));

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(expected, await said.Reader.ReadAsync(Cancel));
    }
}
