// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Store;
using Xunit;

namespace Kiln.Tests.Store;

public sealed class ArrivingBlobTests : StoreDirectory
{
    private const int Chunk = 256 << 10;

    private static readonly byte[] Content = [.. Enumerable.Range(0, Chunk + 3).Select(i => (byte)(i * 7))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_arrived_can_be_read_before_the_rest_has()
    {
        var source = new SlowBlob(Content);
        using var turns = new SemaphoreSlim(1);
        ArrivingBlob blob = new BlobStore(Root).BeginAdd(source, turns, Cancel);
        using Stream reader = blob.OpenRead(Cancel);
        byte[] first = new byte[Chunk];

        await source.SendAsync(Content.AsMemory(0, Chunk));
        await Task.Run(() => reader.ReadExactly(first), Cancel);
        Assert.False(blob.Completion.IsCompleted);
        await source.SendAsync(Content.AsMemory(Chunk));
        await source.EndAsync();

        Assert.Equal(Content[..Chunk], first);
        Assert.Equal(Content[Chunk..], await Task.Run(() => ReadAll(reader), Cancel));
        Assert.Equal(Content, await File.ReadAllBytesAsync((await blob.Completion).Path, Cancel));
        using Stream late = blob.OpenRead(Cancel);
        Assert.Equal(Content, ReadAll(late));
    }

    [Fact]
    public async Task Bytes_that_are_not_the_promised_ones_have_no_end()
    {
        var source = new SlowBlob(Content);
        using var turns = new SemaphoreSlim(1);
        ArrivingBlob blob = new BlobStore(Root).BeginAdd(source, turns, Cancel);
        using Stream reader = blob.OpenRead(Cancel);

        await source.SendAsync(new byte[Content.Length]);
        await source.EndAsync();

        var error = await Assert.ThrowsAsync<BuildException>(() => Task.Run(() => ReadAll(reader), Cancel));
        Assert.Equal(DiagnosticRules.ContentMismatch, error.Diagnostic.Rule);
        await Assert.ThrowsAsync<BuildException>(() => blob.Completion);
        Assert.Throws<BuildException>(() => blob.OpenRead(Cancel));
        Assert.Empty(Files);
    }

    [Fact]
    public async Task A_reader_that_waits_can_be_ended_alone()
    {
        var source = new SlowBlob(Content);
        using var turns = new SemaphoreSlim(1);
        using var end = new CancellationTokenSource();
        ArrivingBlob blob = new BlobStore(Root).BeginAdd(source, turns, Cancel);
        using Stream reader = blob.OpenRead(end.Token);

        Task<byte[]> reading = Task.Run(() => ReadAll(reader), Cancel);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await source.SendAsync(Content);
        await source.EndAsync();
        Assert.Equal(Content.Length, (await blob.Completion).Descriptor.Size);
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
