// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts.Http;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Layers;
using Kiln.Linux;
using Kiln.Oci;
using Kiln.Tests.LinuxFiles;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>Downloads from servers that keep some promises and break others.</summary>
public sealed class HttpDownloadTests : IDisposable
{
    private static readonly Patience Impatient = new(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(300));

    private readonly TempTree _files = new();
    private readonly HttpDownloader _downloader = new("kiln/test", allowsMetadata: false, ServerAccess.Direct, Impatient, TimeProvider.System);

    public void Dispose()
    {
        _downloader.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task A_file_comes_with_its_time_and_its_digest()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(200, "text", ("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT")));

        Download download = await DownloadAsync($"http://{server.Address}/a/file.txt?x=1#y");

        Assert.Equal("text", File.ReadAllText(download.Path));
        Assert.Equal((4, Digest.Sha256("text"u8), 1_700_000_000), (download.Size, download.Digest, download.LastModified?.Seconds));
        Assert.Equal(["GET /a/file.txt?x=1"], server.Log);
        Assert.False(server.Requests.First().Headers.ContainsKey("accept-encoding"));
    }

    [Fact]
    public async Task The_file_is_root_s_alone_and_from_the_beginning_of_time_where_nobody_says_better()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(200, "text"));
        var context = new DownloadContext(await DownloadAsync($"http://{server.Address}/"), "name[1]");

        LayerEntry entry = context.Find(UnixPath.Clean(Assert.Single(context.List(UnixPath.Root))))!;

        Assert.Equal(("name[1]", 0x180, 0u, 4, default), (entry.Path.ToString(), entry.Mode, entry.Uid, entry.Size, entry.ModifiedTime));
    }

    [Fact]
    public async Task Other_bytes_than_promised_are_refused_and_the_right_ones_taken()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(200, "text"));
        string url = $"http://{server.Address}/file";

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => DownloadAsync(url, Digest.Sha256("other"u8)));
        await DownloadAsync(url, Digest.Sha256("text"u8));

        Assert.Equal(
            (DiagnosticRules.ChecksumMismatch, $"digest mismatch for {url}: {Digest.Sha256("text"u8)} (expected: {Digest.Sha256("other"u8)})"),
            (error.Diagnostic.Rule, error.Diagnostic.Message));
    }

    [Theory]
    [InlineData(404, "404 X", 1)]
    [InlineData(403, "403 X", 1)]
    [InlineData(503, "503 X", 3)]
    public async Task A_refusal_is_told_without_the_url_s_secrets(int status, string told, int requests)
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(status));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => DownloadAsync($"http://user:secret@{server.Address}/file?secret=1"));

        Assert.Equal(
            (DiagnosticRules.DownloadFailed, $"`http://{server.Address}/file` cannot be downloaded: the server answered {told}"),
            (error.Diagnostic.Rule, error.Diagnostic.Message));
        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task Redirects_are_followed_and_credentials_stay_with_the_server_that_they_are_for()
    {
        await using var other = new FakeServer(_ => FakeResponse.Of(200, "text"));
        await using var server = new FakeServer(request => request.Path == "/moved"
            ? FakeResponse.Of(307, "", ("Location", $"http://{other.Address}/there"))
            : FakeResponse.Of(302, "", ("Location", "/moved")));

        await DownloadAsync($"http://user:p%40ss@{server.Address}/file");

        Assert.All(server.Requests, request => Assert.Equal("Basic " + Convert.ToBase64String("user:p@ss"u8), request.Authorization));
        Assert.Equal(2, server.Requests.Count);
        Assert.Null(Assert.Single(other.Requests).Authorization);
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(302, "", ("Location", "/file")));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => DownloadAsync($"http://{server.Address}/file"));

        Assert.EndsWith("more than 10 redirects", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ETag", "\"v1\"")]
    [InlineData("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT")]
    public async Task What_broke_off_goes_on_where_it_broke(string header, string version)
    {
        await using var server = new FakeServer(request => request.Headers.ContainsKey("range")
            ? FakeResponse.Of(206, "5678", ("Content-Range", "bytes 4-7/8"), (header, version))
            : FakeResponse.Of(200, "12345678", (header, version)) with { CutAfter = 4 });

        Download download = await DownloadAsync($"http://{server.Address}/file");

        Assert.Equal("12345678", File.ReadAllText(download.Path));
        Assert.Equal(("bytes=4-", version), (server.Requests.Last().Headers["range"], server.Requests.Last().Headers["if-range"]));
    }

    [Fact]
    public async Task What_changed_meanwhile_is_taken_from_its_start()
    {
        await using var server = new FakeServer(request => request.Headers.ContainsKey("range")
            ? FakeResponse.Of(200, "abcdefgh", ("ETag", "\"v2\""))
            : FakeResponse.Of(200, "12345678", ("ETag", "\"v1\"")) with { CutAfter = 4 });

        Assert.Equal("abcdefgh", File.ReadAllText((await DownloadAsync($"http://{server.Address}/file")).Path));
    }

    [Fact]
    public async Task Where_nothing_tells_the_version_all_of_it_comes_again()
    {
        int count = 0;
        await using var server = new FakeServer(_ => FakeResponse.Of(200, "12345678", ("ETag", "W/\"weak\"")) with { StallAfter = count++ == 0 ? 4 : null });

        Assert.Equal("12345678", File.ReadAllText((await DownloadAsync($"http://{server.Address}/file")).Path));
        Assert.All(server.Requests, request => Assert.False(request.Headers.ContainsKey("range")));
    }

    [Fact]
    public async Task A_body_that_never_comes_to_its_end_is_given_up()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(200, "") with { ClaimedLength = 8 });

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => DownloadAsync($"http://{server.Address}/file"));

        Assert.Equal(DiagnosticRules.ServerUnreachable, error.Diagnostic.Rule);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Nobody_there_is_told()
    {
        string address;
        await using (var server = new FakeServer(_ => FakeResponse.Reset))
            address = server.Address;

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => DownloadAsync($"http://{address}/file"));

        Assert.Equal($"`http://{address}/file` cannot be downloaded: nothing listens at `{address}`", error.Message);
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_named()
    {
        await using var server = new TlsServer("text"u8.ToArray());

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => DownloadAsync($"https://{server.Address}/file"));

        Assert.Equal(DiagnosticRules.ServerNotTrusted, error.Diagnostic.Rule);
        Assert.Contains("CN=localhost", error.Message, StringComparison.Ordinal);
    }

    private int _count;

    private Task<Download> DownloadAsync(string url, Digest? expected = null) =>
        _downloader.DownloadAsync(url, expected, _files.Path($"download-{_count++}"), TestContext.Current.CancellationToken);
}
