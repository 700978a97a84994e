// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Linux;

namespace Kiln.Tests.Layers;

/// <summary>Short ways to say what is in a layer.</summary>
internal static class LayerFiles
{
    public static LayerEntry File(string path, int size = 0) => new() { Path = UnixPath.Clean(path), Type = EntryType.File, Mode = 0x1A4, Size = size };

    public static LayerEntry Dir(string path, int mode = 0x1ED) => new() { Path = UnixPath.Clean(path), Type = EntryType.Directory, Mode = mode };

    public static LayerEntry Link(string path, string text) =>
        new() { Path = UnixPath.Clean(path), Type = EntryType.SymbolicLink, Mode = 0x1FF, LinkText = [.. Encoding.UTF8.GetBytes(text)] };

    public static LayerEntry Hard(string path, string target) =>
        new() { Path = UnixPath.Clean(path), Type = EntryType.HardLink, Mode = 0x1A4, HardLinkTarget = UnixPath.Clean(target) };

    public static StackView View(params LayerEntry[][] layers)
    {
        var view = new StackView();
        foreach (LayerEntry[] layer in layers)
            view.Apply(new LayerIndex(layer));
        return view;
    }

    /// <summary>All paths of a view in order, each with the layer it comes from: `a/b:0`.</summary>
    public static string List(StackView view) => string.Join(' ', Walk(view.Root, UnixPath.Root).Select(n => $"{n.Path}{(n.Node.IsDirectory ? "/" : "")}:{n.Node.Layer}"));

    public static IEnumerable<(UnixPath Path, StackNode Node)> Walk(StackNode directory, UnixPath path)
    {
        foreach ((byte[] name, StackNode child) in directory.Children)
        {
            yield return (path.Append(name), child);
            foreach (var below in Walk(child, path.Append(name)))
                yield return below;
        }
    }
}
