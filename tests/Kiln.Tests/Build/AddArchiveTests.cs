// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using Kiln.Build.Copying;
using Xunit;
using static Kiln.Tests.Build.Copies;

namespace Kiln.Tests.Build;

public sealed class AddArchiveTests
{
    [Fact]
    public void An_archive_is_unpacked_with_its_own_owners_modes_and_times() =>
        Assert.Equal("new/ 755 0:0 @100\nnew/in/ 755 0:0 @100\nnew/in/x 640 4:5 @9 \"X\"", Add(To("/new"), Tar("in/x")));

    [Fact]
    public void Chown_goes_before_the_archive_s_owners_and_chmod_means_nothing() =>
        Assert.Equal(
            "new/ 755 1:2 @100\nnew/in/ 755 1:2 @100\nnew/in/x 640 1:2 @9 \"X\"", Add((To("/new") with { Owner = (1, 2) }).WithMode("0777"), Tar("in/x")));

    [Fact]
    public void What_is_no_archive_is_a_file() => Assert.Equal("new 600 0:0 @5 \"not a tar\"", Add(To("/new"), "not a tar"u8.ToArray()));

    [Fact]
    public void Without_unpacking_an_archive_is_a_file() =>
        Assert.StartsWith("new 600 0:0 @5 ", Add(To("/new"), Tar("x"), unpack: false), StringComparison.Ordinal);

    [Theory]
    [InlineData("../out")]
    [InlineData("in/../../out")]
    public void A_name_that_leads_out_stops_the_build(string name) =>
        Assert.Equal($"the archive's entry `{name}` leads out of the destination (breakout)", Refusal(() => Add(To("/new"), Tar(name))));

    private static string Add(CopySettings settings, byte[] content, bool unpack = true) =>
        Copy(Stage, settings with { UnpackArchives = unpack }, new MemoryTree().Bytes("archive", content), "archive");

    private static byte[] Tar(string name)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, leaveOpen: true))
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = (UnixFileMode)0x1A0,
                Uid = 4,
                Gid = 5,
                ModificationTime = DateTimeOffset.FromUnixTimeSeconds(9),
                DataStream = new MemoryStream("X"u8.ToArray()),
            });
        return bytes.ToArray();
    }
}
