// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Kiln.Registry.Auth;

/// <summary>Tokens by server and scopes, for most of their life: one that ends on the way to the server is of no use.</summary>
internal sealed class TokenCache(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset End)> _tokens = new();

    public string? Find(string authority, IReadOnlyList<string> scopes) =>
        _tokens.TryGetValue(Key(authority, scopes), out var kept) && kept.End > timeProvider.GetUtcNow() ? kept.Token : null;

    public string Keep(string authority, IReadOnlyList<string> scopes, Token token)
    {
        _tokens[Key(authority, scopes)] = (token.Text, timeProvider.GetUtcNow() + (token.Lifetime * 0.8));
        return token.Text;
    }

    public void Forget(string authority, IReadOnlyList<string> scopes) => _tokens.TryRemove(Key(authority, scopes), out _);

    private static string Key(string authority, IReadOnlyList<string> scopes) => $"{authority} {string.Join(' ', scopes)}";
}
