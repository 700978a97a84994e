// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Kiln.Registry.Auth;

/// <summary>Tokens by server and scopes, for most of their life: one that ends on the way to the server is of no use. Who wants a token that is being fetched waits for it.</summary>
internal sealed class TokenCache(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new();

    public async Task<string> GetAsync(string authority, IReadOnlyList<string> scopes, Func<Task<Token>> fetch, CancellationToken cancellationToken)
    {
        Slot slot = _slots.GetOrAdd(Key(authority, scopes), _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            if (slot.Token is { } kept && slot.End > timeProvider.GetUtcNow())
                return kept;
            Token fresh = await fetch();
            (slot.Token, slot.End) = (fresh.Text, timeProvider.GetUtcNow() + (fresh.Lifetime * 0.8));
            return fresh.Text;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Drops a token that the server refused, unless another has taken its place.</summary>
    public void Forget(string authority, IReadOnlyList<string> scopes, string? refused)
    {
        if (_slots.TryGetValue(Key(authority, scopes), out Slot? slot) && slot.Token == refused)
            slot.Token = null;
    }

    private static string Key(string authority, IReadOnlyList<string> scopes) => $"{authority} {string.Join(' ', scopes)}";

    // The gate is never waited on by its handle, so there is nothing to dispose of.
    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public string? Token { get; set; }

        public DateTimeOffset End { get; set; }
    }
}
