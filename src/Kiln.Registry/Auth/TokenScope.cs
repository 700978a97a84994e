// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry.Transport;

namespace Kiln.Registry.Auth;

/// <summary>What a token is to be good for, in the words of the token specification: `repository:NAME:pull,push`.</summary>
internal static class TokenScope
{
    /// <summary>The scopes of a call, and those of the challenge that are about something else.</summary>
    public static IReadOnlyList<string> Of(RegistryCall call, Challenge challenge)
    {
        string own = $"repository:{call.Endpoint.Repository}:";
        List<string> scopes = [own + (call.Deletes ? "pull,push,delete" : call.Access == RegistryAccess.Push ? "pull,push" : "pull")];
        scopes.AddRange(call.AlsoPulls.Select(repository => $"repository:{repository}:pull"));
        scopes.AddRange((challenge.Scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(scope => !scopes.Any(known => scope.StartsWith(known[..(known.LastIndexOf(':') + 1)], StringComparison.Ordinal))));
        return scopes;
    }
}
