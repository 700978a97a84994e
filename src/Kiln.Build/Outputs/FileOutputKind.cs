// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Outputs;

/// <summary>What a build can be written to disk as.</summary>
public enum FileOutputKind
{
    /// <summary>An OCI image layout, a directory that keeps the other images that it has.</summary>
    OciLayout,

    /// <summary>An OCI image layout in a tar.</summary>
    OciArchive,

    /// <summary>The same with what `docker load` reads.</summary>
    DockerArchive,

    /// <summary>The image's files, in a directory that keeps the other files that it has.</summary>
    Directory,

    /// <summary>The image's files in a tar.</summary>
    Tar,
}
