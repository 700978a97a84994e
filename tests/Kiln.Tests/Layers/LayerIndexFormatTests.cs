// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Layers;

public sealed class LayerIndexFormatTests
{
    private static readonly LayerIndex Index = new(
    [
        Dir("etc", 0x3FF) with { ModifiedTime = new UnixTime(-5, 999_999_999) },
        File("etc/passwd", 1_000_000) with { Uid = uint.MaxValue, Gid = 1000, ModifiedTime = new UnixTime(1_700_000_000) },
        File("etc/passwd-") with { Size = long.MaxValue, Xattrs = [new("security.capability", [1, 0, 2]), new("user.empty", [])] },
        Link("etc/alternatives", "../x"),
        Hard("b", "etc/passwd"),
        File("etc/.wh.gone"),
        Dir("") with { Mode = 0 },
        new LayerEntry { Path = UnixPath.Clean("dev/null"), Type = EntryType.CharacterDevice, Mode = 0x1B6, Device = new DeviceNumber(1, 3) },
        new LayerEntry { Path = UnixPath.Clean("fifo"u8), Type = EntryType.Fifo, Mode = 0 },
        new LayerEntry { Path = UnixPath.Clean([0xFF, (byte)'/', 0xFE]), Type = EntryType.BlockDevice, Mode = 1, Device = new DeviceNumber(259, 70000) },
    ]);

    [Fact]
    public void What_is_read_is_what_was_written()
    {
        LayerIndex read = LayerIndexFormat.Read(LayerIndexFormat.Write(Index));

        Assert.Equal(Index.Entries.Select(Describe), read.Entries.Select(Describe));
    }

    [Fact]
    public void An_empty_layer_has_an_index_too() => Assert.Empty(LayerIndexFormat.Read(LayerIndexFormat.Write(new LayerIndex([]))).Entries);

    [Fact]
    public void No_beginning_of_an_index_is_one()
    {
        byte[] whole = LayerIndexFormat.Write(Index);

        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => LayerIndexFormat.Read(whole.AsSpan(0, length)));
    }

    [Fact]
    public void One_changed_bit_is_noticed()
    {
        byte[] whole = LayerIndexFormat.Write(Index);

        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => LayerIndexFormat.Read(changed));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })] // billions of entries
    [InlineData(new byte[] { 1, 5, 0 })] // more of the path before than there is
    [InlineData(new byte[] { 1, 0, 0x7F, (byte)'a' })] // a name longer than the rest
    [InlineData(new byte[] { 1, 0, 1, (byte)'a', 7, 0, 0, 0, 0, 0 })] // no such type
    [InlineData(new byte[] { 0, 0 })] // something after the end
    public void A_number_that_cannot_be_is_refused_though_the_checksum_is_right(byte[] body)
    {
        byte[] whole = [.. LayerIndexFormat.Write(Index).AsSpan(0, 8), .. System.Security.Cryptography.SHA256.HashData(body), .. body];

        Assert.Throws<InvalidDataException>(() => LayerIndexFormat.Read(whole));
    }

    private static string Describe(LayerEntry e) =>
        $"{Convert.ToHexString(e.Path.Bytes)} {e.Type} {e.Mode} {e.Uid}:{e.Gid} {e.Size} {e.ModifiedTime} {Convert.ToHexString([.. e.LinkText])} "
        + $"{e.HardLinkTarget} {e.Device} {string.Join(',', e.Xattrs.Select(a => $"{a.Name}={Convert.ToHexString(a.Value)}"))}";
}
