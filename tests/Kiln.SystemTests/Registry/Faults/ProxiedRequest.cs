// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry.Faults;

/// <summary>The head of a request as it came to a <see cref="FaultProxy"/>.</summary>
internal sealed record ProxiedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Whether it came to the object store, which has a port of its own.</summary>
    public bool AtStore { get; init; }

    /// <summary>The how many-th of its kind it is, from 1.</summary>
    public int Number { get; init; }

    public string Path => Target.Split('?')[0];

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public RequestKind Kind => (Method, Path) switch
    {
        (_, "/v2/") => RequestKind.Ping,
        (_, "/token") => RequestKind.Token,
        (_, var path) when path.StartsWith("/object/", StringComparison.Ordinal) => RequestKind.Object,
        ("HEAD", var path) when path.Contains("/manifests/", StringComparison.Ordinal) => RequestKind.ManifestHead,
        ("GET", var path) when path.Contains("/manifests/", StringComparison.Ordinal) => RequestKind.ManifestGet,
        ("PUT", var path) when path.Contains("/manifests/", StringComparison.Ordinal) => RequestKind.ManifestPut,
        ("POST", _) => Target.Contains("mount=", StringComparison.Ordinal) ? RequestKind.Mount : RequestKind.UploadStart,
        ("PATCH", _) => RequestKind.UploadPatch,
        ("PUT", _) => RequestKind.UploadPut,
        ("DELETE", _) => RequestKind.UploadCancel,
        ("GET", var path) when path.Contains("/blobs/uploads/", StringComparison.Ordinal) => RequestKind.UploadStatus,
        ("HEAD", var path) when path.Contains("/blobs/", StringComparison.Ordinal) => RequestKind.BlobHead,
        ("GET", var path) when path.Contains("/blobs/", StringComparison.Ordinal) => RequestKind.BlobGet,
        _ => RequestKind.Other,
    };

    /// <summary>`team/app` of `/v2/team/app/blobs/...`; null where the target has none.</summary>
    public string? Repository
    {
        get
        {
            string path = Path.StartsWith("/v2/", StringComparison.Ordinal) ? Path["/v2/".Length..] : "";
            int end = new[] { "/manifests/", "/blobs/", "/tags/", "/referrers/" }.Select(part => path.IndexOf(part, StringComparison.Ordinal)).Where(at => at > 0).DefaultIfEmpty(-1).Max();
            return end < 0 ? null : path[..end];
        }
    }

    public override string ToString() => $"{Method} {Target}";
}
