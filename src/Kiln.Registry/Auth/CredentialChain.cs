// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>Sources in order; the first credential counts, and is not followed by another if the registry refuses it.</summary>
public sealed class CredentialChain(IReadOnlyList<ICredentialSource> sources) : ICredentialSource
{
    /// <summary>Where nothing is found, the place is all the places that could have had something.</summary>
    public async ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        var missed = new List<CredentialLookup>();
        foreach (ICredentialSource source in sources)
        {
            CredentialLookup lookup = await source.FindAsync(host, repository, cancellationToken);
            if (lookup.Credential is not null)
                return lookup;
            missed.Add(lookup);
        }
        List<CredentialLookup> told = [.. missed.Where(lookup => lookup.Concerns)];
        if (told.Count == 0)
            told = [.. missed.Take(1)];
        return new CredentialLookup(null, string.Join(", ", told.Select(lookup => lookup.Reason is null ? lookup.Place : $"{lookup.Place} ({lookup.Reason})")));
    }

    /// <summary>What each source answers, in order, also after the one that counts; for people who want to know.</summary>
    public async Task<IReadOnlyList<CredentialLookup>> FindAllAsync(string host, string repository, CancellationToken cancellationToken)
    {
        var lookups = new List<CredentialLookup>();
        foreach (ICredentialSource source in sources)
        {
            try
            {
                lookups.Add(await source.FindAsync(host, repository, cancellationToken));
            }
            catch (BuildException e) when (lookups.Exists(lookup => lookup.Credential is not null))
            {
                lookups.Add(new CredentialLookup(null, "a source that would not have been asked") { Reason = e.Message });
            }
        }
        return lookups;
    }
}
