// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>`--output`, as buildx spells it.</summary>
public sealed class OutputArgumentsTests
{
    [Theory]
    [InlineData("/out", "Directory /out")]
    [InlineData("-", "Tar -")]
    [InlineData("a=b", "Directory ./a=b")]
    [InlineData("type=local,dest=/out", "Directory /out")]
    [InlineData("\"type=local\",\"dest=/a,\"\"b\"", "Directory /a,\"b")]
    [InlineData("type=local,dest=/out,platform-split=false", "Directory /out")]
    [InlineData("type=tar,dest=-", "Tar -")]
    [InlineData("type=tar", "Tar -")]
    [InlineData("dest=/f,type=tar", "Tar /f")]
    [InlineData("type=oci", "OciArchive -")]
    [InlineData("type=oci,dest=/f,name=a/b:1", "OciArchive /f docker.io/a/b:1")]
    [InlineData("type=oci,dest=/d,tar=false", "OciLayout /d")]
    [InlineData("type=docker,dest=/f,\"name=a/b,c/d\"", "DockerArchive /f docker.io/a/b:latest docker.io/c/d:latest")]
    [InlineData("type=docker,dest=-,force-compression=false", "DockerArchive -")]
    public void Files_and_directories_are_understood(string text, string expected)
    {
        FileOutput file = Assert.Single(Read("--output", text).Files);

        string path = file.Path?.Replace(Environment.CurrentDirectory, ".", StringComparison.Ordinal) ?? "-";
        Assert.Equal(expected, string.Join(' ', [file.Kind.ToString(), path, .. file.Names?.Select(name => name.ToString()) ?? []]));
    }

    [Fact]
    public void What_is_pushed_is_a_destination()
    {
        BuildArguments read = Read("-d", "x/1", "-o", "type=registry,name=x/2", "-o=type=image,\"name=x/3,x/1\",push=true", "-o", "type=image,name=x/4", "--output=type=registry,name=x/5,push=false");

        Assert.Equal(["x/1", "x/2", "x/3"], read.Destinations);
        Assert.Empty(read.Files);
    }

    [Fact]
    public void What_an_output_says_of_the_image_is_what_the_flags_say()
    {
        BuildArguments read = Read(
            "-o", "type=oci,dest=/f,oci-mediatypes=false,compression=uncompressed,annotation.a=1,annotation-manifest.b=2", "-o", "type=image,compression=uncompressed,annotation.a=1", "--annotation", "c=3");

        Assert.Equal(("docker", "none"), (read.ImageFormat, read.Compression));
        Assert.Equal(["c=3", "a=1", "b=2"], read.Annotations);
        Assert.Equal(("zstd", "9"), Read("-o", "type=oci,dest=/f,compression=zstd,compression-level=9") is var other ? (other.Compression, other.CompressionLevel) : default);
    }

    [Theory]
    [InlineData("none", "-o", "/out", "--output", "type=tar")]
    [InlineData(null, "-o", "/out", "-o", "type=oci,dest=/f")]
    [InlineData(null, "-o", "/out", "--cache")]
    [InlineData(null, "-o", "/out", "--digest-file", "/f")]
    [InlineData(null, "-o", "/out", "-d", "x")]
    [InlineData("zstd", "-o", "/out", "--compression=zstd")]
    public void Layers_that_nobody_will_see_are_not_packed(string? compression, params string[] words) => Assert.Equal(compression, Read(words).Compression);

    [Theory]
    [InlineData("`--output ` names nothing", "-o", "")]
    [InlineData("`--output type=local` lacks `dest=`", "-o", "type=local")]
    [InlineData("`--output type=local,dest=-` lacks `dest=`", "-o", "type=local,dest=-")]
    [InlineData("`--output type=oci,tar=false` lacks `dest=`", "-o", "type=oci,tar=false")]
    [InlineData("`--output type=docker` lacks `dest=`", "-o", "type=docker")]
    [InlineData("`--output type=x` has the type `x`, which is not supported", "-o", "type=x")]
    [InlineData("`--output dest=a,name=b` has no `type=`", "-o", "dest=a,name=b")]
    [InlineData("`--output type=tar,type=oci` says `type` twice", "-o", "type=tar,type=oci")]
    [InlineData("`--output type=tar,name=a` has `name=`, which this type does not know", "-o", "type=tar,name=a")]
    [InlineData("`--output type=image,foo=1` has `foo=`, which this type does not know", "-o", "type=image,foo=1")]
    [InlineData("`--output type=tar,dest` has `dest`, which is not of the form NAME=VALUE", "-o", "type=tar,dest")]
    [InlineData("`--output \"type=tar` has a quote that does not end", "-o", "\"type=tar")]
    [InlineData("`--output \"type=tar\"x` goes on behind a quote", "-o", "\"type=tar\"x")]
    [InlineData("`--output type=registry` is pushed and has no name", "-o", "type=registry")]
    [InlineData("`--output type=oci` is the second one that goes to the standard output", "-o", "-", "-o", "type=oci")]
    [InlineData("`--output type=oci,compression=estargz` has the compression `estargz`", "-o", "type=oci,compression=estargz")]
    [InlineData("`--output type=oci,force-compression=true` has `force-compression`", "-o", "type=oci,force-compression=true")]
    [InlineData("`--output type=image,compression=zstd` says `zstd` where another flag or output says `gzip`: --compression", "-o", "type=image,compression=zstd", "--compression=gzip")]
    [InlineData("`--output type=image,annotation.a=2` says `2` where another flag or output says `1`: annotation `a`", "-o", "type=image,annotation.a=1", "-o", "type=image,annotation.a=2")]
    public void What_cannot_be_done_is_one_error(string message, params string[] words) =>
        Assert.Equal(message, Assert.Throws<BuildException>(() => Read(words)).Diagnostic.Message);

    [Fact]
    public void No_archive_goes_to_a_terminal() =>
        Assert.Contains("to the terminal", Assert.Throws<BuildException>(() => OutputArguments.SpellOut(CommandLines.Read("-o", "-"), outputIsTerminal: true)).Diagnostic.Message, StringComparison.Ordinal);

    [Fact]
    public void An_archive_for_Docker_has_no_zstd()
    {
        BuildArguments read = Read("-o", "type=docker,dest=/f,compression=zstd");

        Assert.StartsWith("`--output type=docker`", Assert.Throws<BuildException>(() => CompressionArguments.Read(read)).Diagnostic.Message, StringComparison.Ordinal);
    }

    private static BuildArguments Read(params string[] words)
    {
        BuildArguments read = CommandLines.Read(words);
        OutputArguments.SpellOut(read, outputIsTerminal: false);
        return read;
    }
}
