// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cli.Start;

/// <summary>What people write for a cache.</summary>
internal static class CachePlaces
{
    /// <summary>Steps have a place of their own in the cache directory, where indexes and base images lie too.</summary>
    private const string Steps = "steps";
    private const string Layout = "oci:";

    internal static CachePlace OfDirectory(string directory) => new DirectoryCache(directory, Path.Combine(directory, Steps));

    /// <summary>`HOST/REPOSITORY`, where each entry has a tag, `HOST/REPOSITORY:TAG`, under which all are listed, or `oci:DIRECTORY`.</summary>
    internal static CachePlace ParseRepository(string text, string flag)
    {
        if (text.StartsWith(Layout, StringComparison.Ordinal))
            return text.Length > Layout.Length
                ? new LayoutCache(text, Path.GetFullPath(text[Layout.Length..]))
                : throw DiagnosticRules.InvalidArgument.Error($"`{flag} {text}` names no directory", hint: $"write `{flag} oci:DIRECTORY`");
        ImageReference reference = ImageReference.Parse(text);
        if (reference.Digest is not null)
            throw DiagnosticRules.InvalidArgument.Error($"`{flag} {text}` names a digest, and a cache changes", hint: "write the repository, with a tag or without");
        return HasTag(text, reference) ? new ScopeCache(text, reference) : new RepositoryCache(text, reference);
    }

    /// <summary>Where kaniko looks when nobody says: below the repository of the first destination.</summary>
    internal static CachePlace Below(ImageReference destination)
    {
        string name = $"{destination.Name}/cache";
        return new RepositoryCache(name, ImageReference.Parse(name));
    }

    private static bool HasTag(string text, ImageReference reference) => text.EndsWith(":" + reference.Tag, StringComparison.Ordinal);
}
