// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;
using Kiln.Store;
using Kiln.Tests.Registry;
using Kiln.Tests.Store;
using Xunit;

namespace Kiln.Tests.Build;

public sealed class TransferReportsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task While_layers_move_it_says_how_far_they_are()
    {
        var time = new ManualTime();
        var said = Channel.CreateUnbounded<TransferState>();
        await using var server = new FakeServer(_ => FakeResponse.Of(200));
        await using Kiln.Registry.RegistryClient client = RegistryClients.Create();
        await using var uploads = new LayerUploads(client, new OutputOptions { Destinations = [] }, _ => { }, Cancel);
        await using var arrivals = new BlobArrivals(new BlobStore(_directory), Cancel);
        await using var reports = new TransferReports(arrivals, uploads, time, happened => said.Writer.TryWrite(((TransfersMoved)happened).State));
        var slow = new SlowBlob(new byte[3 << 20]);

        ArrivingBlob arriving = arrivals.Begin(slow);
        await slow.SendAsync(new byte[1 << 20]);
        using Stream reader = arriving.OpenRead(Cancel);
        await reader.ReadExactlyAsync(new byte[1 << 20], Cancel);
        time.Advance(TimeSpan.FromSeconds(0.5));

        Assert.Equal(new TransferState(1 << 20, 3 << 20, 0, 0), await said.Reader.ReadAsync(Cancel));
        await slow.SendAsync(new byte[2 << 20]);
        await slow.EndAsync();
        await arriving.Completion;
        Assert.Equal((3 << 20, 3 << 20), arrivals.Count());
    }
}
