// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>One thing that goes wrong, at one moment, and what has to come of it: a complete image, or one error with nothing tagged.</summary>
/// <param name="Name">A sentence's beginning, unique.</param>
/// <param name="Plan">What goes wrong.</param>
/// <param name="Error">The error that is right; null where the image has to be complete.</param>
internal sealed record FaultScenario(string Name, Func<ProxiedRequest, Fault?> Plan, DiagnosticRule? Error = null)
{
    public FaultProxyOptions Options { get; init; } = new();

    /// <summary>What the error has to say besides.</summary>
    public string? Says { get; init; }

    /// <summary>How often its requests are sent at most; null where that is not what it is about.</summary>
    public (RequestKind Kind, long Most)? Requests { get; init; }

    /// <summary>The first so many requests of a kind have the fault.</summary>
    public static FaultScenario Once(RequestKind kind, string name, Fault fault, int times = 1) =>
        new($"{kind}, {(times == 1 ? "once" : $"{times} times")}: {name}", request => request.Kind == kind && request.Number <= times ? fault : null);

    /// <summary>All requests of a kind have the fault.</summary>
    public static FaultScenario Always(RequestKind kind, string name, Fault fault, DiagnosticRule? error) =>
        new($"{kind}, always: {name}", request => request.Kind == kind ? fault : null, error);

    /// <summary>Every way in which a request can fail once and succeed when it is sent again.</summary>
    public static IEnumerable<FaultScenario> Passing(RequestKind kind) =>
    [
        Once(kind, "the connection is reset", Fault.Reset),
        Once(kind, "nothing is answered", Fault.Stall),
        Once(kind, "500", Fault.Of(500)),
        Once(kind, "502 with a page", Fault.Of(502, "<html>bad gateway</html>"), times: 3),
        Once(kind, "503", Fault.Of(503), times: 3),
        Once(kind, "429 and seconds", Fault.Of(429, "", ("Retry-After", "0")), times: 3),
        Once(kind, "429 and a date", Fault.Of(429, "", ("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"))),
        Once(kind, "the answer is lost", Fault.Reset with { AfterForward = true }),
        Once(kind, "the answer comes out as 504", Fault.Of(504) with { AfterForward = true }),
    ];

    /// <summary>Every way in which a request is refused, or fails for good.</summary>
    public static IEnumerable<FaultScenario> Lasting(RequestKind kind) =>
    [
        Always(kind, "the connection is reset", Fault.Reset, DiagnosticRules.RegistryUnreachable),
        Always(kind, "500", Fault.Of(500), DiagnosticRules.RegistryFailing),
        Always(kind, "429", Fault.Of(429, "", ("Retry-After", "0")), DiagnosticRules.RegistryFailing),
        Denied(kind, "401", 401),
        Denied(kind, "403", 403),
    ];

    /// <summary>Nobody asks a second time where the answer stays the same.</summary>
    private static FaultScenario Denied(RequestKind kind, string name, int status) =>
        Always(kind, name, Fault.Of(status, """{"errors":[{"code":"DENIED","message":"not for you"}]}"""), DiagnosticRules.AccessDenied) with
        {
            Says = kind.ToString().EndsWith("Head", StringComparison.Ordinal) ? $"answered {name}" : "DENIED: not for you",
        };

    public override string ToString() => Name;
}
