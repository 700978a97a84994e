// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;

namespace Kiln.Contexts.Http;

/// <summary>What is missing of a download that broke off: the server sends it only of the same version, else all of the new one (RFC 9110, 13.1.5).</summary>
/// <param name="Position">How many bytes are there.</param>
/// <param name="Version">The validator of the version that they are of.</param>
internal sealed record RestOfFile(long Position, RangeConditionHeaderValue Version)
{
    /// <summary>Null where nothing is there, or nothing tells the version: then all of it has to come again.</summary>
    internal static RestOfFile? Of(long position, HttpResponseMessage response)
    {
        if (position == 0)
            return null;
        // "A client MUST NOT generate an If-Range header field containing an entity tag that is marked as weak" (RFC 9110, 13.1.5).
        if (response.Headers.ETag is { IsWeak: false } tag)
            return new RestOfFile(position, new RangeConditionHeaderValue(tag));
        return response.Content.Headers.LastModified is { } time ? new RestOfFile(position, new RangeConditionHeaderValue(time)) : null;
    }

    internal void AddTo(HttpRequestHeaders headers)
    {
        headers.Range = new RangeHeaderValue(Position, null);
        headers.IfRange = Version;
    }
}
