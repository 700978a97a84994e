// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Tests.Registry;

/// <summary>What a <see cref="FakeServer"/> answers, faults included.</summary>
internal sealed record FakeResponse(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    /// <summary>The connection is reset after so many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>After so many bytes of the body nothing more comes, and the connection stays.</summary>
    public int? StallAfter { get; init; }

    /// <summary>What `Content-Length` says, where that is not the truth.</summary>
    public int? ClaimedLength { get; init; }

    /// <summary>No status line at all: the connection is reset at once.</summary>
    public static FakeResponse Reset { get; } = new(0, []);

    public static FakeResponse Of(int status, string body = "", params (string Name, string Value)[] headers) =>
        new(status, Encoding.UTF8.GetBytes(body), headers);
}
