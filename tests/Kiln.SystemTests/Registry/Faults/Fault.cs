// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What goes wrong with one request. What is left at its default goes right.</summary>
internal sealed record Fault
{
    /// <summary>The connection is reset: no answer.</summary>
    public static Fault Reset { get; } = new() { Resets = true };

    /// <summary>Nothing is ever answered, and the connection stays.</summary>
    public static Fault Stall { get; } = new() { Stalls = true };

    public bool Resets { get; private init; }

    public bool Stalls { get; private init; }

    /// <summary>Answered in place of the registry's answer.</summary>
    public int? Status { get; init; }

    /// <summary>The body of that answer.</summary>
    public string Body { get; init; } = "";

    /// <summary>The registry does what it was asked; its answer is lost, or replaced by the status.</summary>
    public bool AfterForward { get; init; }

    /// <summary>How long nothing happens before all else.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The connection is reset after so many bytes of the request's body.</summary>
    public long? CutRequestAfter { get; init; }

    /// <summary>After so many bytes of the request's body no more are taken.</summary>
    public long? StallRequestAfter { get; init; }

    /// <summary>The byte of the request's body that is changed on the way.</summary>
    public long? CorruptRequestAt { get; init; }

    /// <summary>A request's body larger than this is refused with 413, as proxies do.</summary>
    public long? LargestRequest { get; init; }

    /// <summary>The connection is reset after so many bytes of the answer's body.</summary>
    public long? CutAnswerAfter { get; init; }

    /// <summary>After so many bytes of the answer's body nothing more comes.</summary>
    public long? StallAnswerAfter { get; init; }

    /// <summary>The byte of the answer's body that is changed on the way.</summary>
    public long? CorruptAnswerAt { get; init; }

    /// <summary>Added to what `Content-Length` says; the connection ends after the true body.</summary>
    public long LengthLie { get; init; }

    /// <summary>Of the answer only so many bytes are sent, and `Content-Length` agrees.</summary>
    public long? ShortenAnswerTo { get; init; }

    public IReadOnlyList<string> DroppedHeaders { get; init; } = [];

    /// <summary>Headers of the answer that say something else than the registry said, or that it did not say at all.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The request's headers that do not reach the registry.</summary>
    public IReadOnlyList<string> DroppedRequestHeaders { get; init; } = [];

    /// <summary>What is asked of the registry instead.</summary>
    public Func<string, string>? Rewrite { get; init; }

    /// <summary>The tokens that were given count no more.</summary>
    public bool ExpiresTokens { get; init; }

    public static Fault Of(int status, string body = "", params (string Name, string Value)[] headers) => new() { Status = status, Body = body, Headers = headers };
}
