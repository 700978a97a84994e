// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Kiln.Registry.Push;

/// <summary>The way of a host's uploads, which its refusals teach: some want blobs whole, some in chunks, and proxies before them take no large requests.</summary>
internal sealed record UploadPlan(UploadWay Way, long ChunkSize)
{
    /// <summary>Smaller is not tried: who takes less takes nothing.</summary>
    private const long SmallestChunk = 64 << 10;

    private const long FirstChunk = 16 << 20;

    public static UploadPlan Usual { get; } = new(UploadWay.Whole, FirstChunk);

    public static UploadPlan Chunked { get; } = new(UploadWay.Chunks, FirstChunk);

    /// <summary>What a blob of one chunk needs is no chunks.</summary>
    public UploadPlan For(long size) => Way == UploadWay.Chunks && size <= ChunkSize ? Usual with { ChunkSize = ChunkSize } : this;

    /// <summary>What to try after a refusal; null where there is nothing left.</summary>
    /// <param name="status">The refusal.</param>
    /// <param name="size">The blob's.</param>
    /// <param name="minimum">`OCI-Chunk-Min-Length`, or 0.</param>
    public UploadPlan? After(HttpStatusCode status, long size, long minimum)
    {
        if (status == HttpStatusCode.RequestEntityTooLarge)
            return Smaller(size, minimum);
        bool mayDemandOther = status
            is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.LengthRequired
            or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.NotImplemented;
        return Way switch
        {
            UploadWay.Whole when mayDemandOther => this with { Way = UploadWay.Patch },
            UploadWay.Patch when mayDemandOther => this with { Way = UploadWay.Chunks, ChunkSize = Math.Max(ChunkSize, minimum) },
            _ => null,
        };
    }

    private UploadPlan? Smaller(long size, long minimum)
    {
        long sent = Way == UploadWay.Chunks ? Math.Min(ChunkSize, size) : size;
        long floor = Math.Max(minimum, SmallestChunk);
        if (sent <= floor)
            return null;
        return new UploadPlan(UploadWay.Chunks, Math.Clamp(sent / 4, floor, FirstChunk));
    }
}
