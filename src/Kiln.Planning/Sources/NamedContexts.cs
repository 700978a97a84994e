// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Planning.Sources;

/// <summary>
/// What `--build-context` defines. A name is looked up as an image reference, so that `alpine`, `alpine:latest` and
/// `docker.io/library/alpine` are the same; `scratch` and `context` cannot be redefined.
/// </summary>
public sealed class NamedContexts
{
    private const string ImageScheme = "docker-image://";

    private static readonly string[] Schemes = ["docker-image", "oci-layout", "docker-archive", "http", "https", "git", "ssh"];
    private static readonly Platform AnyPlatform = new("linux", "amd64");

    private readonly Dictionary<string, string> _specs = new(StringComparer.Ordinal);

    public static NamedContexts None { get; } = new([]);

    public NamedContexts(IEnumerable<KeyValuePair<string, string>> specs)
    {
        foreach ((string name, string spec) in specs)
        {
            Check(name, spec);
            _specs[Normalise(name)] = spec;
        }
    }

    /// <summary>What a stage name, base or `--from` means instead of itself; null where it was not redefined.</summary>
    public SourceReference? Find(string name, Platform platform)
    {
        if (name is "scratch" or "context" || !_specs.TryGetValue(Normalise(name), out string? spec))
            return null;
        return Resolve(name, spec, platform);
    }

    private static SourceReference Resolve(string name, string spec, Platform platform) => spec switch
    {
        ImageScheme + "scratch" => ScratchSource.Instance,
        _ when spec.StartsWith(ImageScheme, StringComparison.Ordinal) => new ImageSource(ImageReference.Parse(spec[ImageScheme.Length..]), platform),
        _ when spec.StartsWith(LayoutSource.Scheme, StringComparison.Ordinal) => LayoutSource.Parse(spec[LayoutSource.Scheme.Length..], platform),
        _ when spec.StartsWith(ImageArchiveSource.Scheme, StringComparison.Ordinal) => ImageArchiveSource.Parse(spec[ImageArchiveSource.Scheme.Length..], platform),
        _ when RemoteLocation.IsGitContext(spec) => GitSourceParser.Parse(spec, null),
        _ when RemoteLocation.IsHttp(spec) => new ArchiveSource(spec),
        _ => new NamedContextSource(name, spec),
    };

    /// <summary>
    /// An image on disk that a Dockerfile itself names, in the build context; null where the text is none. What lies elsewhere on the machine is for those to
    /// name who start the build.
    /// </summary>
    internal static SourceReference? FindInContext(string text, Platform platform) => text switch
    {
        _ when text.StartsWith(LayoutSource.Scheme, StringComparison.Ordinal) => LayoutSource.Parse(text[LayoutSource.Scheme.Length..], platform) with { InContext = true },
        _ when text.StartsWith(ImageArchiveSource.Scheme, StringComparison.Ordinal) =>
            ImageArchiveSource.Parse(text[ImageArchiveSource.Scheme.Length..], platform) with { InContext = true },
        _ => null,
    };

    private static void Check(string name, string spec)
    {
        if (name.Length == 0 || spec.Length == 0)
            throw DiagnosticRules.InvalidNamedContext.Error($"invalid context specifier `{name}={spec}`");
        int scheme = spec.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && !Schemes.Contains(spec[..scheme]))
            throw DiagnosticRules.InvalidNamedContext.Error(
                $"unsupported context source `{spec[..scheme]}` for `{name}`",
                hint: "give a directory, `docker-image://REFERENCE`, `oci-layout://PATH[:TAG]`, `docker-archive:FILE[:NAME]`, a git repository or the URL of an archive");
        if (spec == LayoutSource.Scheme)
            throw DiagnosticRules.InvalidNamedContext.Error($"oci-layout reference \"{spec}\" has no name");
        if (spec.TrimEnd('/') == ImageArchiveSource.Scheme)
            throw DiagnosticRules.InvalidNamedContext.Error($"`{spec}` for `{name}` names no file");
        // What is wrong in it is said before anything is built, also of a context that nobody uses.
        Resolve(name, spec, AnyPlatform);
    }

    private static string Normalise(string name) =>
        ImageReference.TryParse(name, out ImageReference? reference) && reference.Tag == ImageReference.DefaultTag
            ? reference.Name
            : reference?.ToString() ?? name;
}
