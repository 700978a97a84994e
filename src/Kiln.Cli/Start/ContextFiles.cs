// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Fetching;
using Kiln.Diagnostics;
using Kiln.Planning.Sources;

namespace Kiln.Cli.Start;

/// <summary>A build context's directory, and the two files that say what is built of it.</summary>
/// <param name="Directory">From the root.</param>
/// <param name="Dockerfile">The Dockerfile.</param>
/// <param name="IgnoreFile">Null where there is none.</param>
internal sealed record ContextFiles(string Directory, SourceText Dockerfile, SourceText? IgnoreFile)
{
    /// <summary>Finds both in a directory of this machine.</summary>
    internal static ContextFiles Read(string dockerfile, FetchedContext context)
    {
        (string path, SourceText text) = ReadDockerfile(dockerfile, context);
        return new ContextFiles(context.Directory, text, ReadIgnoreFile(path, context));
    }

    /// <summary>Fetches a context, and the Dockerfile too where that is at a URL.</summary>
    internal static async Task<ContextFiles> FetchAsync(
        ContextFetcher fetcher, ContextLocation location, string subPath, string dockerfile, CancellationToken cancellationToken)
    {
        FetchedContext context = await fetcher.FetchAsync(location, subPath, cancellationToken);
        if (!IsAddress(dockerfile))
            return Read(dockerfile, context);
        byte[] text = await fetcher.FetchDockerfileAsync(dockerfile, cancellationToken);
        return new ContextFiles(context.Directory, new SourceText(RemoteLocation.Redact(dockerfile), Encoding.UTF8.GetString(text)), ReadIgnoreFile(null, context));
    }

    internal static bool IsAddress(string dockerfile) =>
        dockerfile.StartsWith("http://", StringComparison.Ordinal) || dockerfile.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>The Dockerfile, and the path where it was asked for.</summary>
    internal static (string Path, SourceText Text) ReadDockerfile(string name, FetchedContext context)
    {
        string here = Path.GetFullPath(name), there = Path.GetFullPath(name, context.Directory);
        // BuildKit looks for `dockerfile` where there is no `Dockerfile`.
        string[] names = Path.GetFileName(name) == "Dockerfile" ? [name, name[..^"Dockerfile".Length] + "dockerfile"] : [name];
        foreach (string candidate in names)
        {
            if (File.Exists(candidate))
                return (here, new SourceText(DisplayName(Path.GetFullPath(candidate), context), ReadText(candidate)) { Path = Path.GetFullPath(candidate) });
            if (context.FindFile(candidate) is { } found)
                return (there, new SourceText(context.IsForeign ? candidate : DisplayName(found, context), ReadText(found)) { Path = context.IsForeign ? null : found });
        }
        string places = context.IsForeign ? $"neither `{here}` nor the build context's `{name}` exists"
            : here == there ? $"there is no `{here}`"
            : $"neither `{here}` nor `{there}` exists";
        throw DiagnosticRules.DockerfileNotFound.Error($"failed to read dockerfile: {places}: no such file or directory");
    }

    /// <param name="dockerfile">Where the Dockerfile is; null where it is in no directory.</param>
    /// <param name="context">The context.</param>
    internal static SourceText? ReadIgnoreFile(string? dockerfile, FetchedContext context)
    {
        string? own = dockerfile is null ? null : dockerfile + ".dockerignore";
        string? path = own is null ? null
            : context.IsForeign && own.StartsWith(context.Directory + "/", StringComparison.Ordinal) ? context.FindFile(Path.GetRelativePath(context.Directory, own))
            : File.Exists(own) ? own
            : null;
        path ??= context.FindFile(".dockerignore");
        return path is null ? null : new SourceText(DisplayName(path, context), ReadText(path));
    }

    /// <summary>Relative to the context where it lies in it: as people name it.</summary>
    private static string DisplayName(string path, FetchedContext context)
    {
        string relative = Path.GetRelativePath(context.Directory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>UTF-8, and nothing stripped: the byte order mark is the language's business.</summary>
    private static string ReadText(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));
}
