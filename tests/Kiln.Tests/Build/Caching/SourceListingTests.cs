// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Caching;
using Kiln.Cache;
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Steps;
using Kiln.Tests.Planning;
using Xunit;

namespace Kiln.Tests.Build.Caching;

/// <summary>What of a source makes a step another one.</summary>
public sealed class SourceListingTests
{
    private static MemoryTree Source => new MemoryTree().File("src/a", "text", 0x1A4).Dir("src/d", 0x1ED).Link("src/l", "a");

    private static readonly (string What, MemoryTree Tree)[] Changes =
    [
        ("content", new MemoryTree().File("src/a", "next", 0x1A4).Dir("src/d", 0x1ED).Link("src/l", "a")),
        ("mode", new MemoryTree().File("src/a", "text", 0x1ED).Dir("src/d", 0x1ED).Link("src/l", "a")),
        ("mode of a directory", new MemoryTree().File("src/a", "text", 0x1A4).Dir("src/d", 0x1C0).Link("src/l", "a")),
        ("owner", new MemoryTree().File("src/a", "text", 0x1A4, owner: 7).Dir("src/d", 0x1ED).Link("src/l", "a")),
        ("link", new MemoryTree().File("src/a", "text", 0x1A4).Dir("src/d", 0x1ED).Link("src/l", "b")),
        ("name", new MemoryTree().File("src/b", "text", 0x1A4).Dir("src/d", 0x1ED).Link("src/l", "a")),
        ("one more", new MemoryTree().File("src/a", "text", 0x1A4).File("src/b").Dir("src/d", 0x1ED).Link("src/l", "a")),
        ("one less", new MemoryTree().File("src/a", "text", 0x1A4).Link("src/l", "a")),
        ("type", new MemoryTree().File("src/a", "text", 0x1A4).File("src/d", "", 0x1ED).Link("src/l", "a")),
    ];

    [Fact]
    public async Task What_is_copied_counts()
    {
        CacheKey key = await KeyAsync(Source, "COPY src /d");

        foreach ((string what, MemoryTree changed) in Changes)
            Assert.False(key == await KeyAsync(changed, "COPY src /d"), what);
    }

    [Fact]
    public async Task Times_do_not_count() => Assert.Equal(await KeyAsync(Source, "COPY src /d"), await KeyAsync(new LaterTree(Source), "COPY src /d"));

    [Fact]
    public async Task What_is_not_copied_does_not_count()
    {
        Assert.Equal(await KeyAsync(Source, "COPY src /d"), await KeyAsync(Source.File("beside"), "COPY src /d"));
        Assert.Equal(await KeyAsync(Source, "COPY src /d"), await KeyAsync(Source.File("src/x.o"), "COPY --exclude=*.o src /d"));
        Assert.Equal(await KeyAsync(Source, "COPY --chmod=0644 src/a /d"), await KeyAsync(new MemoryTree().File("src/a", "text", 0x1ED), "COPY --chmod=0644 src/a /d"));
    }

    /// <summary>Where `/d` is a directory below, the first is copied as `/d/a`, and the others as something else.</summary>
    [Fact]
    public async Task Names_count_as_the_destination_may_be_a_directory() => Assert.Distinct(
    [
        await KeyAsync(new MemoryTree().File("a", "text"), "COPY a /d"),
        await KeyAsync(new MemoryTree().File("b", "text"), "COPY b /d"),
        await KeyAsync(new MemoryTree().File("b/a", "text"), "COPY b /d"),
    ]);

    [Fact]
    public async Task A_wildcard_is_what_it_matches()
    {
        MemoryTree one = new MemoryTree().File("a.txt", "text"), two = new MemoryTree().File("a.txt", "text").File("b.txt");

        Assert.Equal(await KeyAsync(one, "COPY a.txt /d/"), await KeyAsync(one, "COPY *.txt /d/"));
        Assert.NotEqual(await KeyAsync(one, "COPY *.txt /d/"), await KeyAsync(two, "COPY *.txt /d/"));
    }

    [Fact]
    public async Task Few_files_are_parts_of_their_own()
    {
        IReadOnlyList<KeyPart> parts = await PartsAsync(Source, "COPY src /d");

        Assert.Equal(["files", "file a", "file d", "file l"], parts.Select(part => part.Name));
    }

    private static async Task<CacheKey> KeyAsync(ISourceTree tree, string instruction) => CacheKey.Of([.. await PartsAsync(tree, instruction)]);

    private static Task<IReadOnlyList<KeyPart>> PartsAsync(ISourceTree tree, string instruction)
    {
        CopyStep step = Plans.Only<CopyStep>(instruction);
        var listing = new SourceListing(tree, new FileDigests());
        foreach (CopySource source in step.Sources)
            listing.Add(step, source, TestContext.Current.CancellationToken);
        return listing.CompleteAsync("files", TestContext.Current.CancellationToken);
    }

    /// <summary>The same files, later.</summary>
    private sealed class LaterTree(MemoryTree tree) : ISourceTree
    {
        public LayerEntry? Find(UnixPath path) => tree.Find(path) is { } entry ? entry with { ModifiedTime = new UnixTime(77) } : null;

        public IReadOnlyList<byte[]> List(UnixPath directory) => tree.List(directory);

        public ContentSource Open(UnixPath path) => tree.Open(path);

        public object? FindLinkGroup(UnixPath path) => tree.FindLinkGroup(path);
    }
}
