// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Hosts;

/// <summary>
/// Which servers are asked for an image, in which order: what flags put in its registry's place, the mirrors of `registries.conf`, then the registry
/// itself unless that is forbidden. A server that could not be reached is not asked again while there is another.
/// </summary>
internal sealed class HostChoice(RegistryOptions options)
{
    private readonly ConcurrentDictionary<string, BuildException> _unreachable = new();
    private readonly Lazy<ImmutableArray<RegistryRule>> _rules = new(options.Rules);

    /// <summary>The first success; where all fail, one error that names all of them.</summary>
    public async Task<T> FirstAsync<T>(ImageReference reference, string action, Func<RegistryCall, Task<T>> ask)
    {
        List<RegistryEndpoint> endpoints = EndpointsOf(reference);
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

    /// <summary>Where an image is pushed: to its own registry and no other, as `registries.conf` has it.</summary>
    public RegistryEndpoint EndpointOfPush(ImageReference reference) =>
        RegistryEndpoint.Of(reference) with { IsInsecure = FindRule(reference)?.IsInsecure == true };

    internal List<RegistryEndpoint> EndpointsOf(ImageReference reference)
    {
        RegistryRule? rule = FindRule(reference);
        List<RegistryEndpoint> endpoints =
        [
            .. options.SubstitutesOf(reference.Host).Select(substitute => At(substitute, reference)),
            .. (rule?.Mirrors ?? [])
                .Where(mirror => reference.Digest is null ? mirror.ForTags : mirror.ForDigests)
                .Select(mirror => rule!.EndpointAt(mirror.Location, reference, mirror.IsInsecure)),
        ];
        if (endpoints.Count == 0 || !options.SkipDefaultRegistryFallback)
            endpoints.Add(rule is null ? RegistryEndpoint.Of(reference) : rule.EndpointAt(rule.Location, reference, rule.IsInsecure));
        return [.. endpoints.Distinct()];
    }

    private RegistryRule? FindRule(ImageReference reference)
    {
        RegistryRule? rule = RegistryRule.Find(_rules.Value, reference);
        return rule is { IsBlocked: true }
            ? throw DiagnosticRules.RegistryBlocked.Error($"`{reference}` is not asked for: `registries.conf` blocks `{rule.Prefix}`")
            : rule;
    }

    private static RegistryEndpoint At(string substitute, ImageReference reference)
    {
        string[] parts = substitute.TrimEnd('/').Split('/', 2);
        string prefix = parts.Length == 1 ? "" : parts[1] + "/";
        return new RegistryEndpoint(HostName.Of(parts[0]), prefix + reference.Repository);
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
