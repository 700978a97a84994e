// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Cache;
using Kiln.Cache.Entries;
using Kiln.Cache.Media;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store.Buckets;

namespace Kiln.Fuzz;

/// <summary>What stores of a cache hand out: manifests of entries, indexes of them, the parts of keys, and a bucket's answers. An entry that is read is what was written.</summary>
internal sealed class CacheTarget : IFuzzTarget
{
    private static readonly CacheEntry Entry = new()
    {
        Key = new CacheKey(Digest.Sha256("key"u8)),
        Parent = Digest.Sha256("parent"u8),
        Layer = new CachedLayer(new Descriptor { MediaType = MediaType.OciLayerGzip, Digest = Digest.Sha256("layer"u8), Size = 5 }, Digest.Sha256("plain"u8)),
        Created = Timestamp.FromUnixTimeSeconds(1_700_000_000),
        Title = "RUN make",
        Parts = [new KeyPart("instruction", "RUN make")],
    };

    private static readonly NewEntry Written = EntryManifest.Write(Entry, null, Timestamp.FromUnixTimeSeconds(1_700_000_001));

    public string Name => "cache";

    public IReadOnlyList<byte[]> Pieces { get; } = Inputs.Of(
        "{", "}", "[", "]", ",", ":", "null", "\"\"", "none", "\"\\ud800\"", "\"annotations\":", "\"dev.kiln.cache.key\":", "\"dev.kiln.cache.checksum\":", "\"dev.kiln.cache.layer\":\"none\"",
        "application/vnd.oci.image.layer.v1.tar", "sha256:", "1 ", "-1", "99999999999999999999", "\"parts\":{", "<Contents>", "</Contents>", "<Key>", "<Size>-1</Size>", "<!DOCTYPE x [<!ENTITY a \"b\">]>", "&a;");

    public IReadOnlyList<byte[]> Samples { get; } =
    [
        Written.Manifest.Content.ToArray(),
        EntryIndex.Empty.With([EntryIndex.Describe(Written)]).ToDocument().Content.ToArray(),
        PartsDocument.Write(Entry).Content.ToArray(),
        Encoding.UTF8.GetBytes("<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken><Contents><Key>k</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>"),
    ];

    public void Read(byte[] input)
    {
        Try(() => Check(EntryManifest.Read(new RawDocument(MediaType.OciManifest, input), "there")));
        Try(() => Check(EntryIndex.Read(new RawDocument(MediaType.OciIndex, input), "there").Find(Entry.Key)));
        PartsDocument.Read(Entry.Key, input);
        BucketListing.Read(input);
        BucketListing.ReadError(input);
    }

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (BuildException)
        {
            // Refused, as it may be.
        }
    }

    private static void Check(StoredEntry? read)
    {
        if (read is not null && Describe(read.Entry) != Describe(Entry))
            throw new FuzzException($"a damaged entry was read as another one: {Describe(read.Entry)}");
    }

    private static string Describe(CacheEntry entry) => $"{entry.Key} {entry.Parent} {entry.Layer?.Descriptor} {entry.Layer?.DiffId} {entry.Created} {entry.Title}";
}
