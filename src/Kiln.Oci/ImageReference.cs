// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Kiln.Diagnostics;

namespace Kiln.Oci;

/// <summary>
/// The name of an image: registry host, repository, and a tag or a digest or both (then the digest decides). Only well-formed ones
/// exist, with everything written out that Docker lets one leave away; one without a digest has a tag.
/// </summary>
public sealed record ImageReference
{
    public const string DefaultHost = "docker.io";
    public const string DefaultTag = "latest";

    internal ImageReference(string host, string repository, string? tag, Digest? digest)
    {
        Host = host;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>`docker.io`, `localhost:5000`, `[::1]:5000`.</summary>
    public string Host { get; }

    /// <summary>`library/debian`: always with the `library/` that Docker Hub's own images have.</summary>
    public string Repository { get; }

    public string? Tag { get; private init; }

    public Digest? Digest { get; private init; }

    public bool IsDockerHub => Host == DefaultHost;

    /// <summary>Host and repository.</summary>
    public string Name => $"{Host}/{Repository}";

    /// <summary>As short as it can be said to Docker: `debian:12` for `docker.io/library/debian:12`.</summary>
    public string Familiar => FamiliarRepository + Suffix;

    private string FamiliarRepository
    {
        get
        {
            if (!IsDockerHub)
                return Name;
            string official = Repository.StartsWith("library/", StringComparison.Ordinal) ? Repository["library/".Length..] : Repository;
            // 64 hexadecimal digits alone would be an image's id.
            if (!official.Contains('/'))
                return official.Length == 64 && official.All(char.IsAsciiHexDigitLower) ? Name : official;
            // Without the registry, a first part that looks like one would be taken for it.
            string first = Repository[..Repository.IndexOf('/')];
            return first.Contains('.') || first == "localhost" ? Name : Repository;
        }
    }

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    public static bool TryParse(string text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = ImageReferenceParser.Parse(text, out _);
        return reference is not null;
    }

    /// <exception cref="BuildException">The text is no reference.</exception>
    public static ImageReference Parse(string text, SourceSpan? span = null) => ImageReferenceParser.Parse(text, out string? reason)
        ?? throw DiagnosticRules.InvalidReference.Error($"`{text}` is not the name of an image: {reason}", span);

    /// <summary>The reference with a digest; its tag stays as a remark.</summary>
    public ImageReference WithDigest(Digest digest) => this with { Digest = digest };

    /// <summary>The digest alone, without a tag.</summary>
    public ImageReference ByDigest(Digest digest) => this with { Tag = null, Digest = digest };

    /// <summary>Another tag of the same repository, without a digest.</summary>
    public ImageReference WithTag(string tag) => ImageReferenceParser.IsTag(tag)
        ? this with { Tag = tag, Digest = null }
        : throw DiagnosticRules.InvalidReference.Error($"`{tag}` is not a tag");

    public override string ToString() => Name + Suffix;
}
