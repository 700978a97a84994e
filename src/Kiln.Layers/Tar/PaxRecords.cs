// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;

namespace Kiln.Layers.Tar;

/// <summary>
/// The records of a pax extended header: `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record with itself (pax(1), "pax Extended
/// Header"). Values are bytes: a path need not be UTF-8, an attribute's value is anything.
/// </summary>
internal sealed class PaxRecords
{
    internal const string XattrPrefix = "SCHILY.xattr.";

    private readonly List<KeyValuePair<string, byte[]>> _records = [];

    internal IReadOnlyList<KeyValuePair<string, byte[]>> All => _records;

    /// <summary>The last value of a key. An empty one takes back what was said before, and the header's own field counts (pax(1)).</summary>
    internal byte[]? Find(string key)
    {
        for (int i = _records.Count - 1; i >= 0; i--)
            if (_records[i].Key == key)
                return _records[i].Value is { Length: > 0 } value ? value : null;
        return null;
    }

    internal void Add(string key, ReadOnlySpan<byte> value) => _records.Add(new(key, value.ToArray()));

    internal static PaxRecords Parse(ReadOnlySpan<byte> data)
    {
        var records = new PaxRecords();
        while (!data.IsEmpty)
        {
            int blank = data.IndexOf((byte)' ');
            if (blank <= 0 || !Utf8Parser.TryParse(data[..blank], out int length, out int used) || used != blank
                || length <= blank + 1 || length > data.Length || data[length - 1] != (byte)'\n')
                throw new TarException("a pax record has no proper length");
            ReadOnlySpan<byte> record = data[(blank + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0 || record[..equals].Contains((byte)0))
                throw new TarException("a pax record has no key");
            records.Add(Encoding.UTF8.GetString(record[..equals]), record[(equals + 1)..]);
            data = data[length..];
        }
        return records;
    }

    /// <summary>All records as bytes, in the bytewise order of their keys, as Go's archive/tar writes them.</summary>
    internal byte[] Format()
    {
        using var bytes = new MemoryStream();
        foreach ((string key, byte[] value) in _records.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            byte[] name = Encoding.UTF8.GetBytes(key);
            int rest = 1 + name.Length + 1 + value.Length + 1;
            int length = rest + Digits(rest);
            if (Digits(length) != Digits(rest))
                length = rest + Digits(length);
            bytes.Write(Encoding.ASCII.GetBytes($"{length} "));
            bytes.Write(name);
            bytes.WriteByte((byte)'=');
            bytes.Write(value);
            bytes.WriteByte((byte)'\n');
        }
        return bytes.ToArray();
    }

    private static int Digits(int number) => number.ToString().Length;
}
