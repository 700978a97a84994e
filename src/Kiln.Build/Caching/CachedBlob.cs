// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Caching;

/// <summary>The layer of an entry, where it lies. Where it turns out to be gone or broken, that is noted, so that the step can be carried out instead.</summary>
internal sealed class CachedBlob(IBlobSource layer, CacheEntry entry, LostLayers lost) : IBlobSource
{
    public Descriptor Descriptor => layer.Descriptor;

    public ImageReference? Origin => layer.Origin;

    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new WatchedStream(await layer.OpenAsync(cancellationToken), Lost);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Lost(e);
        }
    }

    private BuildException Lost(Exception cause)
    {
        lost.Add(layer.Descriptor.Digest);
        return DiagnosticRules.CacheLayerLost.Error(
            $"the layer of `{entry.Title}` cannot be read from the cache: {cause.Message}", hint: "`--no-cache` carries out all steps", inner: cause);
    }
}
