// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class ImageReferenceTests
{
    private const string Hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Theory]
    [InlineData("debian", "docker.io/library/debian:latest", "debian:latest")]
    [InlineData("debian:12", "docker.io/library/debian:12", "debian:12")]
    [InlineData("user/app", "docker.io/user/app:latest", "user/app:latest")]
    [InlineData("a/b/c:x", "docker.io/a/b/c:x", "a/b/c:x")]
    [InlineData("library/debian", "docker.io/library/debian:latest", "debian:latest")]
    [InlineData("docker.io/debian", "docker.io/library/debian:latest", "debian:latest")]
    [InlineData("index.docker.io/user/app:1", "docker.io/user/app:1", "user/app:1")]
    [InlineData("docker.io/library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest")]
    [InlineData("ghcr.io/owner/app", "ghcr.io/owner/app:latest", "ghcr.io/owner/app:latest")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1")]
    [InlineData("host:5000/app", "host:5000/app:latest", "host:5000/app:latest")]
    [InlineData("UPPER/app", "UPPER/app:latest", "UPPER/app:latest")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest")]
    [InlineData("[2001:db8::1]/a/b:t", "[2001:db8::1]/a/b:t", "[2001:db8::1]/a/b:t")]
    [InlineData("debian@sha256:" + Hex, "docker.io/library/debian@sha256:" + Hex, "debian@sha256:" + Hex)]
    [InlineData("debian:12@sha256:" + Hex, "docker.io/library/debian:12@sha256:" + Hex, "debian:12@sha256:" + Hex)]
    [InlineData("docker.io/r.example/x", "docker.io/r.example/x:latest", "docker.io/r.example/x:latest")]
    [InlineData("docker.io/0000000000000000000000000000000000000000000000000000000000000000", "docker.io/library/0000000000000000000000000000000000000000000000000000000000000000:latest", "docker.io/library/0000000000000000000000000000000000000000000000000000000000000000:latest")]
    [InlineData("r.example.com/a__b.c_d--e/f", "r.example.com/a__b.c_d--e/f:latest", "r.example.com/a__b.c_d--e/f:latest")]
    public void What_is_left_away_is_filled_in_as_docker_does(string text, string full, string familiar)
    {
        ImageReference reference = ImageReference.Parse(text);

        Assert.Equal(full, reference.ToString());
        Assert.Equal(familiar, reference.Familiar);
        Assert.Equal(reference, ImageReference.Parse(full));
        Assert.Equal(reference, ImageReference.Parse(familiar));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":latest")]
    [InlineData("a:")]
    [InlineData("a:-x")]
    [InlineData("a@")]
    [InlineData("a@sha256:abc")]
    [InlineData("a@md5:900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("Debian")]
    [InlineData("a/Upper")]
    [InlineData("a b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a___b")]
    [InlineData("a..b")]
    [InlineData("a._b")]
    [InlineData("-host.io/a")]
    [InlineData("host.io:/a")]
    [InlineData("host.io:x/a")]
    [InlineData("host..io/a")]
    [InlineData("[]/a")]
    [InlineData("[::1%eth0]/a")]
    [InlineData("[::1/a")]
    [InlineData("docker.io/")]
    [InlineData("https://host.io/a")]
    [InlineData(Hex)]
    [InlineData("\u00e4")]
    public void What_the_grammar_does_not_allow_is_refused(string text)
    {
        Assert.False(ImageReference.TryParse(text, out _));
        var error = Assert.Throws<BuildException>(() => ImageReference.Parse(text));
        Assert.Equal(DiagnosticRules.InvalidReference, error.Diagnostic.Rule);
    }

    [Fact]
    public void Repository_and_tag_have_their_greatest_lengths()
    {
        Assert.True(ImageReference.TryParse("h.io/" + new string('a', 255), out _));
        Assert.False(ImageReference.TryParse("h.io/" + new string('a', 256), out _));
        Assert.True(ImageReference.TryParse("a:" + new string('t', 128), out _));
        Assert.False(ImageReference.TryParse("a:" + new string('t', 129), out _));
    }

    [Fact]
    public void A_digest_is_added_and_a_tag_takes_its_place()
    {
        ImageReference reference = ImageReference.Parse("h.io/a:1").WithDigest(Digest.Parse("sha256:" + Hex));

        Assert.Equal("h.io/a:1@sha256:" + Hex, reference.ToString());
        Assert.Equal("h.io/a:2", reference.WithTag("2").ToString());
        Assert.Throws<BuildException>(() => reference.WithTag("no tag"));
    }

    [Fact]
    public void The_reason_for_a_refusal_is_said()
    {
        var error = Assert.Throws<BuildException>(() => ImageReference.Parse("Debian"));

        Assert.Equal("`Debian` is not the name of an image: the repository `library/Debian` must be in lower case", error.Message);
    }
}
