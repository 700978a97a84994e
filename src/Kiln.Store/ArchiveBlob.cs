// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>A file of an archive that somebody else wrote, held against what it is said to be.</summary>
internal sealed class ArchiveBlob(ArchiveFiles archive, ArchiveFile file, Descriptor descriptor) : IBlobSource
{
    public Descriptor Descriptor => descriptor;

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) =>
        new(new VerifyingStream(archive.Open(file), descriptor, archive.Place));
}
