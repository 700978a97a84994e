// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Build.Stacks;

/// <summary>A layer as `docker save` wrote it before 25: unpacked, and known by no digest yet but that of its content. An image that is made of it gets it packed.</summary>
internal sealed class PlainLayer(IBlobSource layer) : IBlobSource
{
    public Descriptor Descriptor => layer.Descriptor;

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => layer.OpenAsync(cancellationToken);
}
