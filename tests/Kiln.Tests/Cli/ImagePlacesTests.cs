// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Transfers;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>What people write for a registry, a layout or an archive.</summary>
public sealed class ImagePlacesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("debian:12", "docker.io/library/debian:12")]
    [InlineData("docker://h:5000/a@sha256:1111111111111111111111111111111111111111111111111111111111111111", "h:5000/a@sha256:1111111111111111111111111111111111111111111111111111111111111111")]
    public void Without_a_prefix_it_is_a_reference(string text, string reference) =>
        Assert.Equal(new RegistryPlace(ImageReference.Parse(reference)), ImagePlaces.Parse(text));

    [Theory]
    [InlineData("oci:/a/b", "/a/b", null)]
    [InlineData("oci:/a/b:1", "/a/b", "1")]
    [InlineData("oci-layout:///a/b:h.io/x:1", "/a/b", "h.io/x:1")]
    [InlineData("oci:/a/b@sha256:1111111111111111111111111111111111111111111111111111111111111111", "/a/b", "sha256:1111111111111111111111111111111111111111111111111111111111111111")]
    public void A_layout_is_a_path_and_maybe_a_name(string text, string path, string? name) => Assert.Equal(new LayoutPlace(path, name), ImagePlaces.Parse(text));

    [Theory]
    [InlineData("docker-archive:/a.tar", null)]
    [InlineData("docker-archive:/a.tar:app:1", "app:1")]
    [InlineData("oci-archive:/a.tar:x", "x")]
    public void An_archive_is_a_path_and_maybe_a_name(string text, string? name) => Assert.Equal(new ArchivePlace("/a.tar", name), ImagePlaces.Parse(text));

    [Fact]
    public void What_is_pushed_is_a_layout_if_it_is_a_directory_and_else_an_archive()
    {
        File.WriteAllText(Path.Combine(_directory, "x:y"), "");

        Assert.Equal(new LayoutPlace(_directory, "1"), ImagePlaces.ParseSource(_directory + ":1"));
        Assert.Equal(new ArchivePlace(Path.Combine(_directory, "x:y"), null), ImagePlaces.ParseSource(Path.Combine(_directory, "x:y")));
        Assert.Equal(DiagnosticRules.ImageArchiveUnreadable, Refusal(() => ImagePlaces.ParseSource("/no/such")).Rule);
    }

    [Theory]
    [InlineData("/a/new.tar", true)]
    [InlineData("/a/new.tar:app:1", true)]
    [InlineData("/a/new", false)]
    [InlineData("/a/new:1", false)]
    public void What_is_pulled_becomes_an_archive_where_it_is_called_one(string text, bool archive) =>
        Assert.Equal(archive, ImagePlaces.ParseTarget(text) is ArchivePlace);

    [Theory]
    [InlineData("s3://bucket/x", "`s3://` is no place of images")]
    [InlineData("oci:", "`oci:` names no path")]
    [InlineData("Debian", "`Debian` is not the name of an image: the repository `library/Debian` must be in lower case")]
    public void What_is_no_place_is_refused(string text, string message) => Assert.Equal(message, Refusal(() => ImagePlaces.Parse(text)).Message);

    [Fact]
    public void What_can_be_a_path_and_a_reference_is_asked_for() =>
        Assert.Equal($"write `oci:{_directory}:1` or `docker://{_directory}:1`", Refusal(() => ImagePlaces.Parse(_directory + ":1")).Hint);

    [Theory]
    [InlineData("oci:/a")]
    [InlineData("docker-archive:/a.tar:x/y:1")]
    public void A_registry_is_no_place_on_disk(string text) =>
        Assert.Equal("`kiln copy` copies from any place to any other", Refusal(() => ImagePlaces.ParseRegistry(text)).Hint);

    [Fact]
    public void An_archive_is_not_written_packed() => Assert.Equal("write `/a/b.tar`", Refusal(() => ImagePlaces.ParseTarget("/a/b.tar.gz")).Hint);

    [Theory]
    [InlineData("oci:/a@sha256:1111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("oci:/a:not a tag")]
    [InlineData("docker-archive:/a.tar:UPPER")]
    [InlineData("h/a@sha256:1111111111111111111111111111111111111111111111111111111111111111")]
    public void What_is_written_gets_a_tag_or_a_whole_name(string text) => Refusal(() => ImagePlaces.RequireName(ImagePlaces.Parse(text)));

    [Fact]
    public void A_platform_stands_behind_the_image_that_it_is_of()
    {
        Assert.Equal(("h/a:1", "linux/arm64"), ImagePlaces.SplitPlatform("h/a:1=linux/arm64"));
        Assert.Equal(("h/a:1", null), ImagePlaces.SplitPlatform("h/a:1"));
    }

    private static Diagnostic Refusal(Func<object> parse) => Assert.Throws<BuildException>(parse).Diagnostic;
}
