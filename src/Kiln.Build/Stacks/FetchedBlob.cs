// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Stacks;

/// <summary>A registry's blob that is on disk too: it is sent from there, and mounted where that can be.</summary>
internal sealed class FetchedBlob(IBlobSource remote, FileBlob file) : IBlobSource
{
    public Descriptor Descriptor => remote.Descriptor;

    public ImageReference? Origin => remote.Origin;

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => file.OpenAsync(cancellationToken);
}
