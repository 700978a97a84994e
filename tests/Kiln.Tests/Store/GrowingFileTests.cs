// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Store;
using Xunit;

namespace Kiln.Tests.Store;

/// <summary>A blob is read while it is written.</summary>
public sealed class GrowingFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_reader_gets_each_byte_and_ends_with_the_commit()
    {
        byte[] content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31))];
        using PendingBlob pending = new BlobStore(_directory).Begin();
        using var read = new MemoryStream();
        await using GrowingFileStream growing = pending.OpenGrowing();
        Task reading = growing.CopyToAsync(read, Cancel);

        foreach (byte[] piece in content.Chunk(70_001))
            await pending.Stream.WriteAsync(piece, Cancel);
        Assert.False(reading.IsCompleted);
        pending.Commit(new Descriptor { MediaType = MediaType.OciLayer, Digest = Digest.Sha256(content), Size = content.Length });

        await reading;
        Assert.Equal(content, read.ToArray());
    }

    [Fact]
    public async Task A_reader_of_a_blob_that_is_given_up_fails()
    {
        PendingBlob pending = new BlobStore(_directory).Begin();
        await using GrowingFileStream growing = pending.OpenGrowing();
        await pending.Stream.WriteAsync(new byte[10], Cancel);
        Assert.Equal(10, await growing.ReadAsync(new byte[100], Cancel));

        pending.Dispose();

        await Assert.ThrowsAsync<IOException>(() => growing.ReadExactlyAsync(new byte[1], Cancel).AsTask());
        Assert.Empty(Directory.EnumerateFiles(_directory));
    }

    [Fact]
    public async Task It_is_told_as_soon_as_it_is_known_how_large_a_blob_gets()
    {
        using PendingBlob pending = new BlobStore(_directory).Begin();
        await using GrowingFileStream growing = pending.OpenGrowing();
        Task<bool> above = growing.ExceedsAsync(9, Cancel), beyond = growing.ExceedsAsync(10, Cancel);

        await pending.Stream.WriteAsync(new byte[10], Cancel);
        Assert.True(await above);
        Assert.False(beyond.IsCompleted);
        pending.Commit(new Descriptor { MediaType = MediaType.OciLayer, Digest = Digest.Sha256(new byte[10]), Size = 10 });

        Assert.False(await beyond);
    }

    [Fact]
    public async Task Waiting_for_more_can_be_cancelled()
    {
        using PendingBlob pending = new BlobStore(_directory).Begin();
        await using GrowingFileStream growing = pending.OpenGrowing();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        ValueTask<int> reading = growing.ReadAsync(new byte[1], cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
    }
}
