// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;
using Xunit;

namespace Kiln.Tests.Store;

public sealed class BlobStoreTests : StoreDirectory
{
    private static readonly RawDocument Abc = new(MediaType.OciLayer, "abc"u8.ToArray());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_blob_lies_under_its_digest_and_nothing_else_lies_there()
    {
        var store = new BlobStore(Root);

        FileBlob blob = await store.AddAsync(Abc, Cancel);

        Assert.Equal($"sha256/{Abc.Digest.Hex}", Assert.Single(Files));
        Assert.Equal("abc", await File.ReadAllTextAsync(blob.Path, Cancel));
        Assert.True(store.Contains(Abc.Descriptor));
    }

    [Fact]
    public async Task Bytes_that_are_not_the_promised_ones_leave_nothing_behind()
    {
        var lie = new Lie(Abc.Descriptor, "abd"u8.ToArray());

        var error = await Assert.ThrowsAsync<BuildException>(() => new BlobStore(Root).AddAsync(lie, Cancel));

        Assert.Equal(DiagnosticRules.ContentMismatch, error.Diagnostic.Rule);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task A_blob_that_is_there_is_not_read_again()
    {
        var store = new BlobStore(Root);
        await store.AddAsync(Abc, Cancel);

        FileBlob again = await store.AddAsync(new Lie(Abc.Descriptor, []), Cancel);

        Assert.Equal(store.PathOf(Abc.Digest), again.Path);
    }

    [Fact]
    public async Task A_file_of_another_size_is_replaced()
    {
        var store = new BlobStore(Root);
        FileBlob blob = await store.AddAsync(Abc, Cancel);
        await File.WriteAllTextAsync(blob.Path, "", Cancel);

        Assert.False(store.Contains(Abc.Descriptor));
        await store.AddAsync(Abc, Cancel);

        Assert.Equal("abc", await File.ReadAllTextAsync(blob.Path, Cancel));
    }

    [Fact]
    public void A_pending_blob_gets_its_name_with_its_commit()
    {
        using PendingBlob pending = new BlobStore(Root).Begin();
        pending.Stream.Write("abc"u8);

        Assert.EndsWith(".partial", Assert.Single(Files));
        FileBlob blob = pending.Commit(Abc.Descriptor);

        Assert.Equal("abc", File.ReadAllText(blob.Path));
        Assert.Equal($"sha256/{Abc.Digest.Hex}", Assert.Single(Files));
    }

    [Fact]
    public void A_pending_blob_that_is_not_committed_is_removed()
    {
        using (PendingBlob pending = new BlobStore(Root).Begin())
            pending.Stream.Write("abc"u8);

        Assert.Empty(Files);
    }

    [Fact]
    public void A_commit_of_another_length_is_a_mistake()
    {
        using PendingBlob pending = new BlobStore(Root).Begin();
        pending.Stream.Write("ab"u8);

        Assert.Throws<InvalidOperationException>(() => pending.Commit(Abc.Descriptor));
    }

    [Fact]
    public void A_full_disk_is_an_error_that_names_the_file()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        using var stream = new DiskStream("/dev/full");

        var error = Assert.Throws<BuildException>(() =>
        {
            stream.Write(new byte[1 << 20]);
            stream.Flush();
        });

        Assert.Equal(DiagnosticRules.ImageUnwritable, error.Diagnostic.Rule);
        Assert.StartsWith("`/dev/full` cannot be written: No space left on device", error.Message);
    }

    private sealed class Lie(Descriptor descriptor, byte[] content) : IBlobSource
    {
        public Descriptor Descriptor { get; } = descriptor;

        public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => new(new MemoryStream(content));
    }
}
