// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class StreamTests
{
    private static readonly Descriptor Abc = new RawDocument(MediaType.OciLayer, "abc"u8.ToArray()).Descriptor;

    [Fact]
    public async Task What_is_written_is_passed_on_counted_and_digested()
    {
        using var destination = new MemoryStream();
        await using var stream = new DigestingStream(destination);

        stream.Write("a"u8);
        await stream.WriteAsync("bc"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal(new ContentSummary(Abc.Digest, 3), stream.Complete());
        Assert.Equal("abc"u8, destination.ToArray());
        Assert.Throws<ObjectDisposedException>(() => stream.Write("d"u8));
        Assert.Throws<ObjectDisposedException>(() => stream.Complete());
    }

    [Fact]
    public async Task The_right_bytes_are_read_to_their_end()
    {
        await using var stream = new VerifyingStream(new MemoryStream("abc"u8.ToArray()), Abc, "here");

        Assert.Equal("abc", await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, stream.Read(new byte[1]));
    }

    [Theory]
    [InlineData("abd", "has other bytes than were promised")]
    [InlineData("ab", "ended after 2 of 3 bytes")]
    [InlineData("", "ended after 0 of 3 bytes")]
    public async Task Wrong_or_missing_bytes_throw_in_place_of_the_end(string served, string message)
    {
        await using var stream = new VerifyingStream(new MemoryStream([.. served.Select(c => (byte)c)]), Abc, "here");
        byte[] buffer = new byte[16];

        Assert.Equal(served.Length, served.Length == 0 ? 0 : await stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
        var error = await Assert.ThrowsAsync<BuildException>(
            () => stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(DiagnosticRules.ContentMismatch, error.Diagnostic.Rule);
        Assert.Contains(message, error.Message);
        Assert.Contains("from `here`", error.Message);
    }

    [Fact]
    public void Too_many_bytes_throw_before_they_are_handed_out()
    {
        using var stream = new VerifyingStream(new MemoryStream(new byte[1000]), Abc, "here");

        var error = Assert.Throws<BuildException>(() => stream.Read(new byte[16]));

        Assert.Contains("is longer than the 3 bytes", error.Message);
    }

    [Fact]
    public void A_read_of_no_bytes_is_not_the_end()
    {
        using var stream = new VerifyingStream(new MemoryStream("abc"u8.ToArray()), Abc, "here");

        Assert.Equal(0, stream.Read([]));
        Assert.Equal(3, stream.Read(new byte[3]));
    }
}
