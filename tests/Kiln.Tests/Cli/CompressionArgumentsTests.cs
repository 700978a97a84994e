// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Cli;

public sealed class CompressionArgumentsTests
{
    [Theory]
    [InlineData(LayerCompression.Gzip, 4)]
    [InlineData(LayerCompression.Gzip, 4, "--compression-level=-1")]
    [InlineData(LayerCompression.Gzip, 0, "--compression-level=0")]
    [InlineData(LayerCompression.Gzip, 9, "--compression", "gzip", "--compression-level", "9")]
    [InlineData(LayerCompression.Zstd, 3, "--compression=zstd")]
    [InlineData(LayerCompression.Zstd, 22, "--compression=zstd", "--compression-level=22")]
    [InlineData(LayerCompression.None, 0, "--compression=none")]
    [InlineData(LayerCompression.None, 0, "--compression=none", "--tar-path=image.tar")]
    public void Name_and_level_are_understood(LayerCompression compression, int level, params string[] words) =>
        Assert.Equal(CompressionOptions.Of(compression, level), CompressionArguments.Read(CommandLines.Read(words)));

    [Theory]
    [InlineData("`--compression=xz` is no compression", "--compression=xz")]
    [InlineData("`--compression-level=10` is no level of `gzip`", "--compression-level=10")]
    [InlineData("`--compression-level=-2` is no level of `gzip`", "--compression-level=-2")]
    [InlineData("`--compression-level=best` is no level of `gzip`", "--compression-level=best")]
    [InlineData("`--compression-level=0` is no level of `zstd`", "--compression=zstd", "--compression-level=0")]
    [InlineData("`--compression-level` has no meaning with `--compression=none`", "--compression=none", "--compression-level=3")]
    [InlineData("`--tar-path` cannot hold layers of `--compression=zstd`", "--compression=zstd", "--tar-path=image.tar")]
    public void What_does_not_exist_is_refused(string message, params string[] words) =>
        Assert.Equal(message, Assert.Throws<BuildException>(() => CompressionArguments.Read(CommandLines.Read(words))).Diagnostic.Message);
}
