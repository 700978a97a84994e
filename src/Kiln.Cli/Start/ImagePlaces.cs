// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Transfers;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cli.Start;

/// <summary>
/// What people write for a place of images. A prefix says what kind it is: `docker://`, `oci:`, `docker-archive:`; without one the command decides.
/// </summary>
internal static class ImagePlaces
{
    private const string Registry = "docker://";

    private static readonly string[] Layouts = ["oci:", "oci-layout:"];
    private static readonly string[] PackedEndings = [".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2"];
    private static readonly string[] Archives = ["docker-archive:", "oci-archive:"];

    /// <summary>Of `kiln copy` and `kiln manifest`: a reference where nothing else is said.</summary>
    internal static ImagePlace Parse(string text)
    {
        if (Find(text) is { } place)
            return place;
        string path = SplitPath(text).Path;
        if (Exists(path))
            throw DiagnosticRules.InvalidReference.Error(
                $"`{text}` can be a path, and can be the name of an image",
                hint: $"write `{(Directory.Exists(path) ? "oci" : "docker-archive")}:{text}` or `docker://{text}`");
        return new RegistryPlace(ImageReference.Parse(text));
    }

    /// <summary>Where `kiln push` goes to and `kiln pull` comes from: a registry.</summary>
    internal static RegistryPlace ParseRegistry(string text) => Find(text) switch
    {
        null => new RegistryPlace(ImageReference.Parse(text)),
        RegistryPlace place => place,
        var other => throw DiagnosticRules.InvalidArgument.Error($"`{text}` is no registry's, but `{other}` on this machine", hint: "`kiln copy` copies from any place to any other"),
    };

    /// <summary>What `kiln push` reads: a file or a directory.</summary>
    internal static ImagePlace ParseSource(string text)
    {
        if (Find(text) is { } place)
            return place is not RegistryPlace
                ? place
                : throw DiagnosticRules.InvalidArgument.Error($"`{text}` is in a registry already", hint: "`kiln copy` copies from one registry to another");
        (string path, string? name) = SplitPath(text);
        if (Directory.Exists(path))
            return new LayoutPlace(Path.GetFullPath(path), name);
        return File.Exists(path)
            ? new ArchivePlace(Path.GetFullPath(path), name)
            : throw DiagnosticRules.ImageArchiveUnreadable.Error($"there is no `{path}`", hint: "name the directory of an OCI layout or the file of an archive");
    }

    /// <summary>What `kiln pull` writes: an archive where it is called one or is a file already, else a layout.</summary>
    internal static ImagePlace ParseTarget(string text)
    {
        if (Find(text) is { } place)
            return place is not RegistryPlace
                ? RequireName(place)
                : throw DiagnosticRules.InvalidArgument.Error($"`{text}` is in a registry", hint: "`kiln copy` copies from one registry to another");
        (string path, string? name) = SplitPath(text);
        if (PackedEndings.FirstOrDefault(end => path.EndsWith(end, StringComparison.Ordinal)) is { } ending && !Exists(path))
            throw DiagnosticRules.InvalidArgument.Error(
                $"`{path}` is called a packed archive, and archives are written plain: their layers are packed already", hint: $"write `{path[..^ending.Length]}.tar`");
        bool isFile = path.EndsWith(".tar", StringComparison.Ordinal) ? !Directory.Exists(path) : File.Exists(path);
        return RequireName(isFile ? new ArchivePlace(Path.GetFullPath(path), name) : new LayoutPlace(Path.GetFullPath(path), name));
    }

    /// <summary>A place that something is written to: it gets a name, and not a digest; an archive's is a whole one.</summary>
    internal static ImagePlace RequireName(ImagePlace place) => place switch
    {
        RegistryPlace { Reference.Digest: not null } => throw NamesDigest(place, "write the repository with a tag"),
        LayoutPlace { Name: { } name } when Digest.TryParse(name, out _) => throw NamesDigest(place, "write a tag, or nothing"),
        ArchivePlace { Name: { } name } when Digest.TryParse(name, out _) => throw NamesDigest(place, "write a name, or nothing"),
        ArchivePlace { Name: { } name } archive => archive with { Name = ImageReference.Parse(name).ToString() },
        LayoutPlace { Name: { } name } layout when name.AsSpan().ContainsAny("/:") => layout with { Name = ImageReference.Parse(name).ToString() },
        LayoutPlace { Name: { } name } when !ImageReference.TryParse($"x:{name}", out _) => throw DiagnosticRules.InvalidReference.Error($"`{name}` is not a tag"),
        _ => place,
    };

    /// <summary>`REF[=PLATFORM]`: no reference holds a `=`.</summary>
    internal static (string Place, string? Platform) SplitPlatform(string text)
    {
        int equals = text.LastIndexOf('=');
        return equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
    }

    private static ImagePlace? Find(string text)
    {
        if (text.StartsWith(Registry, StringComparison.Ordinal))
            return new RegistryPlace(ImageReference.Parse(text[Registry.Length..]));
        if (Layouts.FirstOrDefault(prefix => text.StartsWith(prefix, StringComparison.Ordinal)) is { } layout)
            return Of(text, layout, (path, name) => new LayoutPlace(path, name));
        if (Archives.FirstOrDefault(prefix => text.StartsWith(prefix, StringComparison.Ordinal)) is { } archive)
            return Of(text, archive, (path, name) => new ArchivePlace(path, name));
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? null : throw DiagnosticRules.InvalidArgument.Error(
            $"`{text[..scheme]}://` is no place of images", hint: "write `docker://REF`, `oci:DIRECTORY[:TAG]` or `docker-archive:FILE[:REF]`");
    }

    private static ImagePlace Of(string text, string prefix, Func<string, string?, ImagePlace> create)
    {
        string rest = text[prefix.Length..];
        // `oci-layout://PATH` is how `--build-context` has it.
        (string path, string? name) = SplitPath(rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : rest);
        return path.Length > 0
            ? create(Path.GetFullPath(path), name)
            : throw DiagnosticRules.InvalidArgument.Error($"`{text}` names no path", hint: $"write `{prefix}PATH`, with `:TAG` behind it where there are several images");
    }

    /// <summary>`PATH[:NAME]` or `PATH@DIGEST`. A path that exists is one, whatever is in it.</summary>
    private static (string Path, string? Name) SplitPath(string text)
    {
        if (Exists(text))
            return (text, null);
        int at = text.LastIndexOf("@sha", StringComparison.Ordinal);
        if (at > 0 && Digest.TryParse(text[(at + 1)..], out _))
            return (text[..at].TrimEnd(':'), text[(at + 1)..]);
        int colon = text.IndexOf(':');
        return colon < 0 || colon == text.Length - 1 ? (text.TrimEnd(':'), null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static BuildException NamesDigest(ImagePlace place, string hint) =>
        DiagnosticRules.InvalidArgument.Error($"`{place}` names a digest, which the image that is written has or has not", hint: hint);
}
