// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>The token service of a <see cref="FaultProxy"/>: whoever asks gets what he asks for, and needs it.</summary>
internal sealed class TokenDesk
{
    private readonly ConcurrentDictionary<string, string[]> _scopes = new();
    private int _number;

    public void ExpireAll() => _scopes.Clear();

    /// <summary>The answer to a request for a token.</summary>
    public string Give(ProxiedRequest request)
    {
        string token = $"token{Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture)}";
        _scopes[token] = [.. request.Target.Split('?', '&').Where(part => part.StartsWith("scope=", StringComparison.Ordinal)).Select(part => Uri.UnescapeDataString(part["scope=".Length..]))];
        return $$"""{"token":"{{token}}","expires_in":300}""";
    }

    /// <summary>Whether the request shows a token that is good for it.</summary>
    public bool Admits(ProxiedRequest request)
    {
        string[] authorization = (request.Header("Authorization") ?? "").Split(' ');
        if (authorization is not ["Bearer", var token] || !_scopes.TryGetValue(token, out string[]? scopes))
            return false;
        string action = request.Method is "GET" or "HEAD" ? "pull" : "push";
        return request.Repository is not { } repository
            || scopes.Any(scope => scope.StartsWith($"repository:{repository}:", StringComparison.Ordinal) && scope.Split(':')[^1].Split(',').Contains(action));
    }
}
