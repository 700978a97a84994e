// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds;
using Kiln.Oci;

namespace Kiln.Registry.Auth;

/// <summary>
/// Users and passwords in variables that are named for the host: `KILN_REGISTRY_EXAMPLE_COM_USER` and `_PASSWORD`, or `KANIKO_...`, for the host and
/// those below it. A port follows with `_`, or as kaniko writes it with `:`.
/// </summary>
public sealed class EnvironmentCredentials(Surroundings surroundings) : ICredentialSource
{
    private static readonly string[] Prefixes = ["KILN_", "KANIKO_"];

    public ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        foreach (string name in NamesOf(host))
        {
            foreach (string prefix in Prefixes)
            {
                if (surroundings.Find($"{prefix}{name}_USER") is { } user && surroundings.Find($"{prefix}{name}_PASSWORD") is { } password)
                    return new(new CredentialLookup(Credential.OfPassword(user, password), $"`{prefix}{name}_USER`"));
            }
        }
        return new(CredentialLookup.ForOthers("the environment (env)", $"there are no `KILN_{NamesOf(host).First()}_USER` and `_PASSWORD`"));
    }

    private static IEnumerable<string> NamesOf(string host)
    {
        IEnumerable<string> hosts = host == ImageReference.DefaultHost ? [host, "index.docker.io"] : [host];
        foreach (string each in hosts)
        {
            for (string rest = each; ; rest = rest[(rest.IndexOf('.') + 1)..])
            {
                string name = rest.ToUpperInvariant().Replace('-', '_').Replace('.', '_');
                yield return name.Replace(':', '_');
                if (name.Contains(':'))
                    yield return name;
                // The last label alone would be for half of the world.
                if (rest.Count(c => c == '.') < 2)
                    break;
            }
        }
    }
}
