// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Tar;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>Archives made by hand, header field by header field (pax(1), "ustar Interchange Format").</summary>
internal sealed class TarBytes
{
    private readonly List<byte> _bytes = [];

    /// <summary>Adds a header, and a content with what fills up its last block.</summary>
    public TarBytes Add(string name, string content = "", char type = '0', Action<byte[]>? change = null, long? size = null)
    {
        byte[] data = Encoding.UTF8.GetBytes(content), block = new byte[512];
        Put(block, 0, name);
        Put(block, 100, "0000644");
        Put(block, 108, "0000000");
        Put(block, 116, "0000000");
        Put(block, 124, Convert.ToString(size ?? data.Length, 8).PadLeft(11, '0'));
        Put(block, 136, "00000000007");
        block[156] = (byte)type;
        Put(block, 257, "ustar\000");
        change?.Invoke(block);
        if (block[148] == 0)
        {
            block.AsSpan(148, 8).Fill((byte)' ');
            Put(block, 148, Convert.ToString(block.Sum(b => b), 8).PadLeft(6, '0') + "\0 ");
        }
        AddRaw(block);
        return AddRaw(data).AddRaw(new byte[-data.Length & 511]);
    }

    /// <summary>Adds a pax header for the next entry.</summary>
    public TarBytes AddPax(params (string Key, string Value)[] records) => Add("pax", string.Concat(records.Select(r => Record(r.Key, r.Value))), 'x');

    public TarBytes AddRaw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] End() => AddRaw(new byte[1024])._bytes.ToArray();

    public byte[] ToArray() => _bytes.ToArray();

    public TarEntry ReadOnly() => Assert.Single(Read(End())).Entry;

    public string Refusal() => Assert.Throws<TarException>(() => Read(End())).Message;

    public static List<(TarEntry Entry, byte[] Content)> Read(byte[] archive)
    {
        var entries = new List<(TarEntry, byte[])>();
        var reader = new TarReader(new MemoryStream(archive));
        while (reader.ReadNext() is { } entry)
        {
            using var content = new MemoryStream();
            reader.Content.CopyTo(content);
            entries.Add((entry, content.ToArray()));
        }
        return entries;
    }

    public static byte[] Write(params LayerEntry[] entries)
    {
        using var bytes = new MemoryStream();
        var writer = new TarWriter(bytes);
        foreach (LayerEntry entry in entries)
            writer.Write(entry, new MemoryStream(new byte[entry.Size]), CancellationToken.None);
        writer.Complete();
        return bytes.ToArray();
    }

    public static void Put(byte[] block, int offset, string text) => Encoding.Latin1.GetBytes(text).CopyTo(block, offset);

    private static string Record(string key, string value)
    {
        int rest = Encoding.UTF8.GetByteCount($" {key}={value}\n"), length = rest;
        while (length != rest + length.ToString().Length)
            length = rest + length.ToString().Length;
        return $"{length} {key}={value}\n";
    }
}
