// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Store;

/// <summary>The names in an OCI image layout (image-spec, image-layout.md), and the annotations that tell its images apart.</summary>
internal static class OciLayout
{
    public const string MarkerFile = "oci-layout";
    public const string IndexFile = "index.json";
    public const string BlobsDirectory = "blobs";

    /// <summary>Mostly a tag alone.</summary>
    public const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>The whole name, as containerd and BuildKit note it.</summary>
    public const string ImageName = "io.containerd.image.name";

    /// <summary>The list of images that `docker load` reads, in an archive.</summary>
    public const string ArchiveManifest = "manifest.json";

    public const string Marker = """{"imageLayoutVersion":"1.0.0"}""";
}
