// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Kiln.Build.Outputs;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Build;

public sealed class ReportTests : IDisposable
{
    private static readonly ImageReference[] Destinations = [ImageReference.Parse("registry.example/team/app:1"), ImageReference.Parse("debian:12")];

    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Digest Digest => Samples.Image.Digest;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string, string> Texts => new()
    {
        { "Digest", $"{Digest}" },
        { "Names", $"registry.example/team/app@{Digest}\nindex.docker.io/library/debian@{Digest}\n" },
        { "TaggedNames", $"registry.example/team/app:1@{Digest}\nindex.docker.io/library/debian:12@{Digest}\n" },
        {
            "PushedImages",
            $$"""
            {"name":"registry.example/team/app:1","digest":"{{Digest}}"}
            {"name":"index.docker.io/library/debian:12","digest":"{{Digest}}"}

            """
        },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_report_is_written_into_directories_that_are_made_for_it(string kind, string expected)
    {
        string file = Path.Combine(_directory, "new", "deep", "report");

        await WriteAsync(new ImageReport(Enum.Parse<ReportKind>(kind), "--flag", file));

        Assert.Equal(expected, await File.ReadAllTextAsync(file, Cancel));
    }

    [Fact]
    public async Task Metadata_is_what_BuildKit_calls_so()
    {
        string file = Path.Combine(_directory, "metadata.json");

        await WriteAsync(new ImageReport(ReportKind.Metadata, "--metadata-file", file));

        JsonNode metadata = JsonNode.Parse(await File.ReadAllTextAsync(file, Cancel))!;
        Assert.Equal(Digest.ToString(), (string?)metadata["containerimage.digest"]);
        Assert.Equal(Samples.Image.Config.Digest.ToString(), (string?)metadata["containerimage.config.digest"]);
        Assert.Equal(Samples.Image.Manifest.Content.Length, (int)metadata["containerimage.descriptor"]!["size"]!);
        Assert.Equal("registry.example/team/app:1,docker.io/library/debian:12", (string?)metadata["image.name"]);
    }

    [Fact]
    public async Task An_address_is_put_to_and_its_password_goes_there_alone()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(201));

        await WriteAsync(new ImageReport(ReportKind.Digest, "--digest-file", $"http://me:p%40ss@{server.Address}/digest?sig=1"));

        FakeRequest request = Assert.Single(server.Requests);
        Assert.Equal("PUT /digest?sig=1", request.ToString());
        Assert.Equal(Digest.ToString(), Encoding.UTF8.GetString(request.Body));
        Assert.StartsWith("text/plain", request.Headers["content-type"], StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("me:p@ss"u8), request.Authorization);
    }

    [Fact]
    public async Task A_refusal_is_an_error_without_what_the_address_keeps_secret()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(403));

        BuildException error = await Assert.ThrowsAsync<BuildException>(
            () => WriteAsync(new ImageReport(ReportKind.Digest, "--digest-file", $"http://me:secret@{server.Address}/digest?sig=secret")));

        Assert.Equal($"the report of `--digest-file` cannot be sent: `http://{server.Address}/digest` answered 403", error.Message);
    }

    [Theory]
    [InlineData("http://example.org/digest", "would send its report in clear")]
    [InlineData("/", "is a directory")]
    [InlineData("/dev/null/digest", "cannot be written")]
    public void What_can_only_fail_fails_before_the_build(string place, string expected)
    {
        BuildException error = Assert.Throws<BuildException>(() => Writer(new ImageReport(ReportKind.Digest, "--digest-file", place)).Check());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static Task WriteAsync(ImageReport report)
    {
        ReportWriter writer = Writer(report);
        writer.Check();
        return writer.WriteAsync(Samples.Image, Destinations, Cancel);
    }

    private static ReportWriter Writer(ImageReport report) =>
        new([report], new TextUploader("kiln/test", ServerAccess.Direct, new Patience(1, TimeSpan.Zero, TimeSpan.FromSeconds(30)), TimeProvider.System));
}
