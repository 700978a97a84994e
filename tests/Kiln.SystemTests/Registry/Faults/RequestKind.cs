// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry.Faults;

/// <summary>What a client wants of a registry, as a <see cref="FaultProxy"/> tells requests apart.</summary>
public enum RequestKind
{
    Ping,
    Token,
    ManifestHead,
    ManifestGet,
    ManifestPut,
    BlobHead,
    BlobGet,
    Mount,
    UploadStart,
    UploadPatch,
    UploadPut,
    UploadStatus,
    UploadCancel,

    /// <summary>A blob at the object store that the registry redirects to.</summary>
    Object,
    Other,
}
