// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Ignore;

/// <summary>Paths as texts, without a look at any file system.</summary>
public static class LexicalPath
{
    /// <summary>
    /// Go's filepath.Clean: no empty and no `.` components, and a `..` takes the component before it away. An empty path is `.`.
    /// </summary>
    public static string Clean(string path)
    {
        bool rooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part is not "..")
                parts.Add(part);
            else if (parts is [.., not ".."])
                parts.RemoveAt(parts.Count - 1);
            else if (!rooted)
                parts.Add(part);
        }
        string cleaned = (rooted ? "/" : "") + string.Join('/', parts);
        return cleaned.Length == 0 ? "." : cleaned;
    }
}
