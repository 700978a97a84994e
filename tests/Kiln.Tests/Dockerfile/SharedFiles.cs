// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>Tables that lie beside the checkout, where there are any.</summary>
internal static class SharedFiles
{
    /// <summary>The path of a file; skips the test where it is missing.</summary>
    public static string Require(string relativePath)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Kiln.slnx")))
            root = Path.GetDirectoryName(root);
        string path = Path.GetFullPath(Path.Combine(root ?? "/", "..", "shared", relativePath));
        Assert.SkipUnless(Path.Exists(path), $"{path} is missing");
        return path;
    }
}
