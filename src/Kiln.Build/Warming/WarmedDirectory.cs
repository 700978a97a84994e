// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Warming;

/// <summary>
/// Where what lies in a cache directory that holds warmed images, as kaniko's warmer lays it out: `DIGEST` is an OCI layout of the image with that manifest, `.warmer-locks/DIGEST.lock` is held by whoever makes it.
/// Kiln's own are `.warming/DIGEST`, in which it is made, and the blobs below `.warmer-indexes`, the indexes that images were chosen from.
/// </summary>
internal sealed class WarmedDirectory(string path)
{
    private const string Prefix = "sha256:";

    internal string Path { get; } = path;

    /// <summary>The indexes; a digest that a Dockerfile names is mostly one's.</summary>
    internal string Indexes { get; } = System.IO.Path.Combine(path, ".warmer-indexes");

    internal string LayoutOf(Digest manifest) => System.IO.Path.Combine(Path, manifest.ToString());

    internal string LockOf(Digest manifest) => System.IO.Path.Combine(Path, ".warmer-locks", $"{manifest}.lock");

    /// <summary>The place of one who holds the lock.</summary>
    internal string WorkshopOf(Digest manifest) => System.IO.Path.Combine(Workshops, manifest.ToString());

    /// <summary>The blobs of a layout.</summary>
    internal static BlobStore BlobsOf(string layout) => new(System.IO.Path.Combine(layout, "blobs"));

    /// <summary>All layouts that are there.</summary>
    internal IReadOnlyList<string> Layouts() => Directory.Exists(Path) ? Directory.GetDirectories(Path, Prefix + "*") : [];

    /// <summary>The images that somebody makes, or made when he was killed.</summary>
    internal IEnumerable<Digest> Begun()
    {
        foreach (string workshop in Directory.Exists(Workshops) ? Directory.GetDirectories(Workshops) : [])
            if (Digest.TryParse(System.IO.Path.GetFileName(workshop), out Digest manifest))
                yield return manifest;
    }

    private string Workshops => System.IO.Path.Combine(Path, ".warming");
}
