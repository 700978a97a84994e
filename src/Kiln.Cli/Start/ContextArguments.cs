// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Fetching;
using Kiln.Cli.Flags;
using Kiln.Clouds;
using Kiln.Clouds.Objects;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning.Sources;

namespace Kiln.Cli.Start;

/// <summary>What `--context` and `--bucket` say, and the environment beside them: where the build context is. Nothing is fetched yet.</summary>
internal sealed class ContextArguments(IReadOnlyDictionary<string, string> environment, CredentialPlaces credentials)
{
    private const string Directories = "dir://", Archives = "tar://", Images = "oci://", Layouts = "oci-layout://", References = "docker-image://";

    private readonly Surroundings _surroundings = new(environment);

    internal ContextLocation Read(BuildArguments arguments)
    {
        string text = arguments.Context;
        // kaniko's default for `--context` stands in its own way: `--bucket` alone is meant.
        if (arguments.Bucket is { Length: > 0 } bucket && text is "" or BuildArguments.UsualContext)
            text = bucket.Contains("://", StringComparison.Ordinal) ? bucket : GoogleObject.Scheme + bucket;
        return text switch
        {
            "" => throw DiagnosticRules.ContextNotFound.Error("`--context` is empty"),
            _ when text.StartsWith(Archives, StringComparison.Ordinal) => FindArchive(text[Archives.Length..]),
            _ when text.StartsWith(AmazonObject.Scheme, StringComparison.Ordinal) =>
                new ObjectLocation(new AmazonObject(text, _surroundings, () => credentials.Amazon, TimeProvider.System)),
            _ when text.StartsWith(GoogleObject.Scheme, StringComparison.Ordinal) => new ObjectLocation(new GoogleObject(text, () => credentials.Google)),
            _ when text.StartsWith(Images, StringComparison.Ordinal) => FindImage(text, text[Images.Length..]),
            _ when text.StartsWith(Layouts, StringComparison.Ordinal) => FindLayout(text, text[Layouts.Length..]),
            _ when text.StartsWith(References, StringComparison.Ordinal) => new ImageLocation(new ImageSource(ImageReference.Parse(text[References.Length..]), RequestFactory.Host), text),
            _ when RemoteLocation.IsGitContext(text) && !Directory.Exists(text) => new GitContextArguments(environment).Read(text, arguments.Git),
            _ when RemoteLocation.IsHttp(text) => FindUrl(text),
            _ => new DirectoryLocation(FindDirectory(text)),
        };
    }

    /// <summary>A directory of this machine, as `kiln lint` takes no other.</summary>
    internal static string FindDirectory(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && !text.StartsWith(Directories, StringComparison.Ordinal))
            throw DiagnosticRules.ContextUnsupported.Error($"`{text[..scheme]}://` is no kind of build context that is known here");
        string path = scheme >= 0 ? text[Directories.Length..] : text;
        if (Directory.Exists(path))
            return Path.GetFullPath(path);
        // `dir://workspace` is what many write who mean `dir:///workspace`.
        if (scheme >= 0 && Directory.Exists("/" + path))
            return Path.GetFullPath("/" + path);
        throw DiagnosticRules.ContextNotFound.Error($"the build context `{Path.GetFullPath(path)}` is not a directory", hint: "name it by `--context dir://PATH`");
    }

    private static ContextLocation FindArchive(string path)
    {
        if (path is "stdin" or "/dev/stdin" or "-")
            return Console.IsInputRedirected
                ? new ArchiveStreamLocation(Console.OpenStandardInput)
                : throw DiagnosticRules.ContextNotFound.Error(
                    "the build context shall come from the standard input, which is a terminal", hint: "send an archive: `tar -cz . | kiln build --context tar://stdin ...`; in a container only with `-i`");
        string full = Path.GetFullPath(path);
        if (File.Exists(full))
            return new ArchiveFileLocation(full);
        if (Directory.Exists(full))
            throw DiagnosticRules.ContextNotFound.Error($"the build context `{full}` is a directory, and no archive", hint: $"name it by `--context dir://{path}`");
        throw DiagnosticRules.ContextNotFound.Error($"there is no `{full}` to be the build context", hint: "name an archive by `--context tar://PATH`, or send it to `--context tar://stdin`");
    }

    private ContextLocation FindUrl(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Host.Length == 0 ? throw DiagnosticRules.ContextNotFound.Error($"`{RemoteLocation.Redact(text)}` is no URL")
        : AzureObject.Find(text, _surroundings, () => credentials.Azure, TimeProvider.System) is { } blob ? new ObjectLocation(blob)
        : new ArchiveUrlLocation(text);

    /// <summary>What begins as a path does, and is one, is a layout; else it is a reference.</summary>
    private static ImageLocation FindImage(string text, string rest) => rest.StartsWith('/') || rest.StartsWith("./", StringComparison.Ordinal) || rest.StartsWith("../", StringComparison.Ordinal)
        ? FindLayout(text, rest)
        : new ImageLocation(new ImageSource(ImageReference.Parse(rest), RequestFactory.Host), text);

    private static ImageLocation FindLayout(string text, string rest)
    {
        LayoutSource layout = LayoutSource.Parse(rest, RequestFactory.Host);
        return new ImageLocation(layout with { Directory = Path.GetFullPath(layout.Directory) }, text);
    }
}
