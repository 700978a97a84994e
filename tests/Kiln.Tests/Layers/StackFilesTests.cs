// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>The files of a stack, read off its layers' archives.</summary>
public sealed class StackFilesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_shows_comes_once_and_parents_before_what_is_in_them()
    {
        TarBytes[] layers =
        [
            new TarBytes().Add("d/", type: '5').Add("d/old", "1").Add("d/gone", "2").Add("e/", type: '5').Add("e/x", "3"),
            new TarBytes().Add("d/.wh.gone").Add("d/old", "new").Add("e/.wh..wh..opq").Add("e/y", "4").Add("e/y", "5").Add("link", type: '2', change: h => "d"u8.CopyTo(h.AsSpan(157))),
        ];

        Assert.Equal(["d/", "e/", "link>d", "d/old=new", "e/y=5"], Read(layers));
    }

    [Fact]
    public void A_file_of_several_names_has_its_content_once_also_where_a_later_layer_gave_it_a_name()
    {
        TarBytes[] layers =
        [
            new TarBytes().Add("b", "1").Add("c", type: '1', change: h => "b"u8.CopyTo(h.AsSpan(157))),
            new TarBytes().Add("a", type: '1', change: h => "b"u8.CopyTo(h.AsSpan(157))).Add("z", "2"),
        ];

        Assert.Equal(["a=1", "b->a", "c->a", "z=2"], Read(layers));
    }

    /// <summary>It may be large, and somewhere else.</summary>
    [Fact]
    public void A_layer_of_which_no_content_is_left_is_not_read()
    {
        TarBytes[] layers = [new TarBytes().Add("a", "1").Add("d/", type: '5'), new TarBytes().Add("a", "2")];
        var opened = new List<int>();

        Assert.Equal(["d/", "a=2"], Read(layers, opened));
        Assert.Equal([1], opened);
    }

    [Fact]
    public void They_become_a_directory_that_keeps_what_else_it_has()
    {
        string directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(directory, "d"));
            File.WriteAllText(Path.Combine(directory, "d/mine"), "mine");
            File.WriteAllText(Path.Combine(directory, "a"), "old");
            File.CreateSymbolicLink(Path.Combine(directory, "out"), "/");
            (StackFiles files, Func<int, Stream> open) = Open([new TarBytes().Add("d/", type: '5').Add("d/.wh.mine", "").Add("a", "new").Add("out/x", "1")], null);
            using (DirectoryHandle target = DirectoryHandle.Open(directory))
            using (var writer = new TreeWriter(target, new StackView(), new TreeOptions(OwnerMap.None, Merged: true, ContentOnly: false) { NamesAreLiteral = true }))
                writer.Write(files.Read(open, Token), Token);

            Assert.Equal(("mine", "new", "1"), (Text("d/mine"), Text("a"), Text("out/x")));
            Assert.Null(new DirectoryInfo(Path.Combine(directory, "out")).LinkTarget);

            string Text(string name) => File.ReadAllText(Path.Combine(directory, name));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<string> Read(TarBytes[] layers, List<int>? opened = null)
    {
        (StackFiles files, Func<int, Stream> open) = Open(layers, opened);
        foreach ((LayerEntry entry, ContentSource? source) in files.Read(open, Token))
            yield return entry.Type switch
            {
                EntryType.Directory => $"{entry.Path}/",
                EntryType.HardLink => $"{entry.Path}->{entry.HardLinkTarget}",
                EntryType.SymbolicLink => $"{entry.Path}>{System.Text.Encoding.UTF8.GetString([.. entry.LinkText])}",
                _ => $"{entry.Path}={new StreamReader(source!.Open()).ReadToEnd()}",
            };
    }

    private static (StackFiles Files, Func<int, Stream> Open) Open(TarBytes[] layers, List<int>? opened)
    {
        byte[][] archives = [.. layers.Select(layer => layer.ToArray())];
        LayerIndex[] indexes = [.. archives.Select(archive => LayerIndex.Read(new MemoryStream(archive), Token))];
        var view = new StackView();
        foreach (LayerIndex index in indexes)
            view.Apply(index);
        return (new StackFiles(view, indexes), number =>
        {
            opened?.Add(number);
            return new MemoryStream(archives[number]);
        });
    }
}
