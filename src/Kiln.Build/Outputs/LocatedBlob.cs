// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Build.Outputs;

/// <summary>A blob that is at hand and lies in a repository too: it is mounted where that can be, and else sent from here.</summary>
internal sealed class LocatedBlob(IBlobSource blob, ImageReference? origin) : IBlobSource
{
    public Descriptor Descriptor => blob.Descriptor;

    public ImageReference? Origin => origin;

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => blob.OpenAsync(cancellationToken);
}
