// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Build;

public sealed class ImageAssemblyTests
{
    /// <summary>A digit is an entry with that time, a dot one without.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("12", "12")]
    [InlineData("1.2", "122")]
    [InlineData("1..2.3", "122223")]
    [InlineData(".1.", "111")]
    [InlineData("2.", "22")]
    [InlineData("2.1", "211")]
    [InlineData("..", "..")]
    public void A_gap_takes_the_next_time_or_the_last_of_all(string history, string filled) =>
        Assert.Equal(filled, Times(ImageAssembly.FillTimes(Entries(history))));

    /// <summary>`L` is an entry with a layer, `-` an empty one.</summary>
    [Theory]
    [InlineData("LL-", 2, "LL-")]
    [InlineData("L-", 3, "L-LL")]
    [InlineData("", 1, "L")]
    [InlineData("LLL", 1, "L--")]
    [InlineData("-L-L", 1, "-L--")]
    public void Entries_and_layers_are_as_many(string history, int layers, string expected) =>
        Assert.Equal(expected, Kinds(ImageAssembly.MatchLayers([.. history.Select(kind => new HistoryEntry { EmptyLayer = kind == '-' })], layers)));

    [Fact]
    public void An_added_entry_says_who_added_it_and_has_the_last_time()
    {
        HistoryEntry added = ImageAssembly.MatchLayers(Entries("5"), 2)[^1];

        Assert.Equal(("buildkit.exporter.image.v0", Timestamp.FromUnixTimeSeconds(5)), (added.Comment, added.Created));
    }

    [Fact]
    public void A_layer_that_Dockers_media_types_have_no_word_for_is_refused()
    {
        var zstd = new RawDocument(MediaType.OciLayerZstd, "layer"u8.ToArray());
        var result = new StageResult(Stack.Empty.Push(new StackLayer(zstd, zstd.Digest)), [new HistoryEntry()]);
        var config = new ImageConfig { Os = "linux", Architecture = "amd64" };

        BuildException error = Assert.Throws<BuildException>(() => ImageAssembly.Assemble(config, result, ImageFormat.Docker, StringMap.Empty));

        Assert.Contains("packed by zstd", error.Message, StringComparison.Ordinal);
        Assert.Equal(MediaType.OciLayerZstd, ImageAssembly.Assemble(config, result, ImageFormat.Oci, StringMap.Empty).Layers[0].Descriptor.MediaType);
    }

    private static ImmutableArray<HistoryEntry> Entries(string times) =>
        [.. times.Select(time => new HistoryEntry { Created = time == '.' ? null : Timestamp.FromUnixTimeSeconds(time - '0') })];

    private static string Times(ImmutableArray<HistoryEntry> history) =>
        string.Concat(history.Select(entry => entry.Created is { } time ? (char)('0' + time.ToDateTimeOffset().ToUnixTimeSeconds()) : '.'));

    private static string Kinds(ImmutableArray<HistoryEntry> history) => string.Concat(history.Select(entry => entry.EmptyLayer ? '-' : 'L'));
}
