// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Stages;

/// <summary>Paths in an image, as Go's path package joins and cleans them. Pure text: links are another's business.</summary>
internal static class AbsolutePath
{
    internal static string Join(string directory, string path)
    {
        var parts = new List<string>();
        foreach (string part in $"{directory}/{path}".Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            else if (part != ".")
                parts.Add(part);
        }
        return "/" + string.Join('/', parts);
    }

    /// <summary>A destination: absolute, with a slash at its end where it was written as a directory.</summary>
    internal static string Destination(string workingDirectory, string path)
    {
        string joined = Join(path.StartsWith('/') ? "/" : workingDirectory, path);
        bool isDirectory = path is "" or "." || path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal);
        return isDirectory && joined != "/" ? joined + "/" : joined;
    }
}
