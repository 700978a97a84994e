// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Oci;

/// <summary>A layer that its owner forbids to distribute: it is named, and lies nowhere.</summary>
internal sealed class UndistributedLayer(Descriptor descriptor) : IBlobSource
{
    public Descriptor Descriptor => descriptor;

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) =>
        throw DiagnosticRules.MalformedImage.Error($"layer `{descriptor.Digest}` may not be distributed, so it cannot be read");
}
