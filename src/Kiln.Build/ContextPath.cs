// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Build;

/// <summary>A path that a Dockerfile names in the build context. It leads to nothing else on the machine: not by `..`, and not by a link.</summary>
internal static class ContextPath
{
    internal static string Find(string context, string text)
    {
        UnixPath path = UnixPath.Clean(text);
        try
        {
            using DirectoryHandle root = DirectoryHandle.Open(context);
            if (root.FindStatus(path) is { Type: FileType.File or FileType.Directory })
                return Path.Combine(context, path.ToString());
        }
        catch (ErrnoException)
        {
            // A link on the way, or a file in place of a directory: the same as nothing.
        }
        throw DiagnosticRules.SourceNotFound.Error(
            $"there is no `{path}` in the build context, or a link leads to it",
            hint: "the path is one in the context; an image elsewhere is named by `--build-context NAME=oci-layout://PATH` or `NAME=docker-archive:FILE`, and `FROM NAME`");
    }
}
