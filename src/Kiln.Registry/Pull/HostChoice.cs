// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Pull;

/// <summary>
/// Which servers are asked for an image, in which order: for Docker Hub's the mirrors first, then Docker Hub. A server that could not
/// be reached is not asked again while there is another.
/// </summary>
internal sealed class HostChoice(RegistryOptions options)
{
    private readonly ConcurrentDictionary<string, BuildException> _unreachable = new();

    /// <summary>The first success; where all fail, one error that names all of them.</summary>
    public async Task<T> FirstAsync<T>(ImageReference reference, string action, Func<RegistryCall, Task<T>> ask)
    {
        List<RegistryEndpoint> endpoints = [.. EndpointsOf(reference)];
        var failures = new List<(RegistryEndpoint Endpoint, BuildException Error)>();
        foreach (RegistryEndpoint endpoint in endpoints)
        {
            bool hasAlternative = endpoint != endpoints[^1];
            if (hasAlternative && _unreachable.TryGetValue(endpoint.Host, out BuildException? known))
            {
                failures.Add((endpoint, known));
                continue;
            }
            try
            {
                return await ask(new RegistryCall
                {
                    Endpoint = endpoint,
                    Access = RegistryAccess.Pull,
                    Action = action,
                    HasAlternative = hasAlternative,
                });
            }
            catch (BuildException e)
            {
                if (e.Diagnostic.Rule == DiagnosticRules.RegistryUnreachable)
                    _unreachable[endpoint.Host] = e;
                failures.Add((endpoint, e));
            }
        }
        throw Combined(failures);
    }

    private IEnumerable<RegistryEndpoint> EndpointsOf(ImageReference reference)
    {
        if (reference.IsDockerHub)
        {
            foreach (string mirror in options.Mirrors)
            {
                string[] parts = mirror.TrimEnd('/').Split('/', 2);
                string prefix = parts.Length == 1 ? "" : parts[1] + "/";
                yield return new RegistryEndpoint(parts[0], prefix + reference.Repository);
            }
        }
        yield return RegistryEndpoint.Of(reference);
    }

    private static BuildException Combined(List<(RegistryEndpoint Endpoint, BuildException Error)> failures)
    {
        BuildException last = failures[^1].Error;
        if (failures.Count == 1)
            return last;
        string mirrors = string.Join("; ", failures[..^1].Select(failure => $"mirror `{failure.Endpoint.Host}`: {failure.Error.Message}"));
        return last.Diagnostic.Rule.Error($"{last.Message} (before that, {mirrors})", hint: last.Diagnostic.Hint, inner: last);
    }
}
