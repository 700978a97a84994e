// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Oci;

namespace Kiln.Benchmarks.Layers;

/// <summary>Writes 64 MiB of small text files, by each part of the way alone and by all of it.</summary>
[MemoryDiagnoser]
public class LayerBenchmark
{
    private DeltaEntry[] _entries = [];
    private byte[] _plain = [];

    [GlobalSetup]
    public void Write()
    {
        _entries = LayerSample.Make();
        _plain = [.. _entries.SelectMany(e => ReadAll(e.Content!))];
    }

    [Benchmark]
    public void Tar()
    {
        var writer = new TarWriter(Stream.Null);
        foreach (DeltaEntry entry in _entries)
            writer.Write(entry.Entry, entry.Content!.Open(), CancellationToken.None);
        writer.Complete();
    }

    [Benchmark]
    public ContentSummary Digest()
    {
        using var digesting = new DigestingStream(Stream.Null);
        digesting.Write(_plain);
        return digesting.Complete();
    }

    [Benchmark]
    [Arguments(LayerCompression.None, 1)]
    [Arguments(LayerCompression.Gzip, 1)]
    [Arguments(LayerCompression.Gzip, 2)]
    [Arguments(LayerCompression.Gzip, 4)]
    [Arguments(LayerCompression.Zstd, 2)]
    public LayerSummary Layer(LayerCompression compression, int packers)
    {
        using var writer = new LayerWriter(Stream.Null, CompressionOptions.Of(compression), packers);
        foreach (DeltaEntry entry in _entries)
            writer.Write(entry, CancellationToken.None);
        return writer.Complete();
    }

    private static byte[] ReadAll(ContentSource source)
    {
        using Stream stream = source.Open();
        byte[] content = new byte[LayerSample.FileSize];
        stream.ReadExactly(content);
        return content;
    }
}
