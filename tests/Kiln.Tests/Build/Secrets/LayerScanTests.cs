// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Secrets;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Build.Secrets;

public sealed class LayerScanTests
{
    private const string Value = "s3cret-value-of-test";

    private static readonly LayerScan Scan = new(Secrets.Of(Value + "\n"));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4090)]
    [InlineData(131_065)]
    [InlineData(1_000_000)]
    public void A_value_is_found_wherever_it_lies_in_a_file(int before)
    {
        byte[] content = [.. new byte[before], .. Encoding.UTF8.GetBytes(Value), .. new byte[100]];

        var found = Assert.Throws<BuildException>(() => Read(File("srv/app.conf"), content));

        Assert.Equal("the value of the secret `secret0` is in `/srv/app.conf`, which the step would leave in its layer", found.Message);
        Assert.DoesNotContain(Value, found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_in_a_name_is_found_and_not_shown()
    {
        var found = Assert.Throws<BuildException>(() => Read(File($"srv/{Value}/x"), []));

        Assert.Equal("the value of the secret `secret0` is in the name of `/srv/***/x`, which the step would leave in its layer", found.Message);
    }

    [Fact]
    public void A_value_in_a_link_is_found()
    {
        LayerEntry link = File("srv/link") with { Type = EntryType.SymbolicLink, LinkText = [.. Encoding.UTF8.GetBytes($"/{Value}")] };

        Assert.Contains("the target of the link `/srv/link`", Assert.Throws<BuildException>(() => Read(link, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_in_an_attribute_is_found()
    {
        LayerEntry entry = File("srv/file") with { Xattrs = [new ExtendedAttribute("security.capability", Encoding.UTF8.GetBytes(Value))] };

        Assert.Contains("`security.capability` of `/srv/file`", Assert.Throws<BuildException>(() => Read(entry, [])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("xy")]
    [InlineData("")]
    public void A_value_in_base64_is_found_wherever_it_begins(string before)
    {
        string text = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{Value}:after"));

        Assert.Throws<BuildException>(() => Read(File("srv/auth"), Encoding.ASCII.GetBytes($"auth {text}")));
    }

    [Fact]
    public void What_holds_no_value_is_read_unchanged()
    {
        byte[] content = Encoding.UTF8.GetBytes($"{Value[..^1]} and {Value[1..]}");

        Assert.Equal(content, Read(File("srv/file"), content));
    }

    private static LayerEntry File(string path) => new() { Path = UnixPath.Clean(path), Type = EntryType.File, Mode = 0x1A4 };

    private static byte[] Read(LayerEntry entry, byte[] content)
    {
        using var copy = new MemoryStream();
        foreach (DeltaEntry delta in Scan.Watch([new DeltaEntry(entry, new BytesSource(content))]))
            using (Stream stream = delta.Content!.Open())
                stream.CopyTo(copy, 4096);
        return copy.ToArray();
    }
}
