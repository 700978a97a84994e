// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Kiln.Store.Buckets;

/// <summary>A page of a bucket's objects, and errors: the two documents in which S3 answers. No entity of theirs is ever expanded.</summary>
internal sealed record BucketListing(IReadOnlyList<BucketObject> Objects, string? Next)
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>A `ListBucketResult`; null where it is something else.</summary>
    internal static BucketListing? Read(byte[] document)
    {
        if (Parse(document) is not { Name.LocalName: "ListBucketResult" } root)
            return null;
        var objects = new List<BucketObject>();
        foreach (XElement one in root.Elements().Where(element => element.Name.LocalName == "Contents"))
        {
            if (Text(one, "Key") is not { } key
                || !long.TryParse(Text(one, "Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                || !DateTimeOffset.TryParse(Text(one, "LastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset modified))
                return null;
            objects.Add(new BucketObject(key, size, modified));
        }
        return new BucketListing(objects, Text(root, "IsTruncated") == "true" ? Text(root, "NextContinuationToken") : null);
    }

    /// <summary>`CODE: message`; null where the document is no error.</summary>
    internal static string? ReadError(byte[] document) =>
        Parse(document) is { Name.LocalName: "Error" } root && Text(root, "Code") is { } code ? $"{code}: {Text(root, "Message")}" : null;

    private static XElement? Parse(byte[] document)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document), Settings);
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string? Text(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}
