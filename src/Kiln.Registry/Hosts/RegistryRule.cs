// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Registry.Hosts;

/// <summary>A `[[registry]]` of `registries.conf`: what is done with the images whose names begin with its prefix.</summary>
/// <param name="Prefix">`host[:port][/path]`, or `*.host` for all below a host.</param>
public sealed record RegistryRule(string Prefix)
{
    /// <summary>What takes the prefix's place; empty for the prefix itself.</summary>
    public string Location { get; init; } = "";

    public bool IsInsecure { get; init; }

    public bool IsBlocked { get; init; }

    public ImmutableArray<RegistryMirror> Mirrors { get; init; } = [];

    private bool IsWildcard => Prefix.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>The rule that says most of an image's name; null where none is about it.</summary>
    public static RegistryRule? Find(IEnumerable<RegistryRule> rules, ImageReference reference) => rules
        .Where(rule => rule.MatchedLength(reference) is not null)
        .MaxBy(rule => rule.Prefix.Length);

    /// <summary>The repository that the image has at a location, which takes the prefix's place.</summary>
    internal RegistryEndpoint EndpointAt(string location, ImageReference reference, bool isInsecure)
    {
        string name = location.Length == 0 ? reference.Name : location + reference.Name[(MatchedLength(reference) ?? 0)..];
        int slash = name.IndexOf('/');
        return new RegistryEndpoint(HostName.Of(name), name[(slash + 1)..]) { IsInsecure = isInsecure };
    }

    private int? MatchedLength(ImageReference reference)
    {
        string name = reference.Name;
        if (IsWildcard)
            return reference.Host.EndsWith(Prefix[1..], StringComparison.OrdinalIgnoreCase) ? reference.Host.Length : null;
        if (name.Length < Prefix.Length || !name.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        return name.Length == Prefix.Length || name[Prefix.Length] == '/' ? Prefix.Length : null;
    }
}
