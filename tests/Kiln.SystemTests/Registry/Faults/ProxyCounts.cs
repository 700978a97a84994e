// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What passed a <see cref="FaultProxy"/>, by kind of request.</summary>
internal sealed class ProxyCounts
{
    private readonly ConcurrentDictionary<RequestKind, long> _requests = new(), _up = new(), _down = new();

    public long Requests(RequestKind kind) => _requests.GetValueOrDefault(kind);

    /// <summary>Bytes of bodies that clients sent.</summary>
    public long Up(RequestKind kind) => _up.GetValueOrDefault(kind);

    /// <summary>Bytes of bodies that clients got.</summary>
    public long Down(RequestKind kind) => _down.GetValueOrDefault(kind);

    /// <summary>Bytes of blobs that were sent, in whatever way.</summary>
    public long BlobsUp => Up(RequestKind.UploadPatch) + Up(RequestKind.UploadPut) + Up(RequestKind.UploadStart);

    internal int Begin(RequestKind kind) => (int)_requests.AddOrUpdate(kind, 1, (_, count) => count + 1);

    internal void AddUp(RequestKind kind, long bytes) => _up.AddOrUpdate(kind, bytes, (_, count) => count + bytes);

    internal void AddDown(RequestKind kind, long bytes) => _down.AddOrUpdate(kind, bytes, (_, count) => count + bytes);
}
