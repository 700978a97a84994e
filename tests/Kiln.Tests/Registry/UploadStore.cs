// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Tests.Registry;

/// <summary>The uploads of a registry to the letter of the distribution specification, with the peculiarities that a test gives it.</summary>
internal sealed class UploadStore
{
    private byte[] _received = [];
    private bool _broken;

    public bool TakesWhole { get; init; } = true;

    public bool TakesPatchWithoutRange { get; init; } = true;

    public int LargestRequest { get; init; } = int.MaxValue;

    public int MinimumChunk { get; init; }

    /// <summary>Of every chunk only so much is kept.</summary>
    public int TakesOfEach { get; init; } = int.MaxValue;

    /// <summary>The first connection that brings so much is broken then.</summary>
    public int? BreaksAt { get; init; }

    public byte[]? Committed { get; private set; }

    public FakeResponse Answer(FakeRequest request)
    {
        if (request.Body.Length > LargestRequest)
            return FakeResponse.Of(413);
        switch (request.Method)
        {
            case "HEAD":
                return FakeResponse.Of(404);
            case "POST":
                _received = [];
                return FakeResponse.Of(202, "", ("Location", "/upload/0"), ("OCI-Chunk-Min-Length", MinimumChunk.ToString(CultureInfo.InvariantCulture)));
            case "GET":
                return Status(204);
            case "PATCH":
                return Patch(request);
            default:
                if (request.Body.Length > 0 && !TakesWhole)
                    return FakeResponse.Of(405);
                if (Take(request.Body) is { } broken)
                    return broken;
                Committed = _received;
                return FakeResponse.Of(201);
        }
    }

    private FakeResponse Patch(FakeRequest request)
    {
        string? range = request.Headers.GetValueOrDefault("content-range");
        if (range is null && !TakesPatchWithoutRange)
            return FakeResponse.Of(411);
        // "If a chunk is uploaded out of order, the registry MUST respond with a `416 Requested Range Not Satisfiable` code."
        if (range is not null && range != $"{_received.Length}-{_received.Length + request.Body.Length - 1}")
            return FakeResponse.Of(416);
        // The address changes with every piece; an old one is not known.
        return request.Path == $"/upload/{_received.Length}" ? Take(request.Body) ?? Status(202) : FakeResponse.Of(404);
    }

    private FakeResponse? Take(byte[] body)
    {
        if (!_broken && BreaksAt is { } at && body.Length > at)
        {
            _broken = true;
            _received = [.. _received, .. body[..at]];
            return FakeResponse.Reset;
        }
        _received = [.. _received, .. body.Take(TakesOfEach)];
        return null;
    }

    private FakeResponse Status(int status) =>
        FakeResponse.Of(status, "", ("Location", $"/upload/{_received.Length}"), ("Range", $"0-{Math.Max(0, _received.Length - 1)}"));
}
