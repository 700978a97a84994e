// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using Kiln.Tests.Clouds;
using Kiln.Tests.Registry;

namespace Kiln.Tests.Cache;

/// <summary>A server with one bucket, `b`, in its paths. It takes no request whose signature or hash is wrong, and lists two objects a page.</summary>
internal sealed class FakeBucket : IAsyncDisposable
{
    public const string Secret = "wJalrXUtnFEMI";
    public const string Region = "eu-central-1";
    private const int PageSize = 2;

    public FakeBucket() => Server = new FakeServer(Answer);

    public FakeServer Server { get; }

    public ConcurrentDictionary<string, (byte[] Content, DateTimeOffset Modified)> Objects { get; } = new();

    public DateTimeOffset Now { get; set; } = TimeProvider.System.GetUtcNow();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private FakeResponse Answer(FakeRequest request)
    {
        if (!SignedRequest.IsSignedBy(request, Secret, Region, "s3") || request.Headers["x-amz-content-sha256"] != Convert.ToHexStringLower(SHA256.HashData(request.Body)))
            return FakeResponse.Of(403, "<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>");
        string key = Uri.UnescapeDataString(request.Path)["/b/".Length..];
        if (request.Target.Contains("list-type=2"))
            return List(request.Target);
        switch (request.Method)
        {
            case "PUT":
                Objects[key] = (request.Body, Now);
                return FakeResponse.Of(200);
            case "DELETE":
                Objects.TryRemove(key, out _);
                return FakeResponse.Of(204);
            default:
                return Objects.TryGetValue(key, out var found)
                    ? new FakeResponse(200, request.Method == "HEAD" ? [] : found.Content, ("Last-Modified", found.Modified.ToString("R"))) { ClaimedLength = found.Content.Length }
                    : FakeResponse.Of(404);
        }
    }

    private FakeResponse List(string target)
    {
        Dictionary<string, string> query = target.Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        int start = int.Parse(query.GetValueOrDefault("continuation-token", "0"));
        string[] keys = [.. Objects.Keys.Where(key => key.StartsWith(query["prefix"], StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        var xml = new StringBuilder("<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        xml.Append($"<IsTruncated>{(keys.Length > start + PageSize ? "true" : "false")}</IsTruncated><NextContinuationToken>{start + PageSize}</NextContinuationToken>");
        foreach (string key in keys.Skip(start).Take(PageSize))
            xml.Append($"<Contents><Key>{SecurityElement.Escape(key)}</Key><Size>{Objects[key].Content.Length}</Size><LastModified>{Objects[key].Modified:O}</LastModified></Contents>");
        return FakeResponse.Of((int)HttpStatusCode.OK, xml.Append("</ListBucketResult>").ToString());
    }
}
