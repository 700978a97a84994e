// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Sources;
using Kiln.Linux;

namespace Kiln.Benchmarks.Layers;

/// <summary>64 MiB of small text files, a hundred in each directory: the same in every run.</summary>
internal static class LayerSample
{
    internal const int Files = 16_384;
    internal const int FileSize = 4096;

    private static readonly string[] Words = ["layer", "of", "an", "image", "that", "somebody", "builds", "again", "\n", "0123"];

    internal static DeltaEntry[] Make()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Files).Select(i => Entry($"srv/tree/{i / 100}/file{i}.txt", random))];
    }

    private static DeltaEntry Entry(string path, Random random)
    {
        string text = string.Join(' ', random.GetItems(Words, FileSize));
        byte[] content = System.Text.Encoding.ASCII.GetBytes(text[..FileSize]);
        return new(new LayerEntry { Path = UnixPath.Clean(path), Type = EntryType.File, Mode = 0x1A4, Size = FileSize }, new BytesSource(content));
    }
}
