// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds.Objects;
using Kiln.Http;
using Kiln.Oci;

namespace Kiln.Contexts.Http;

/// <summary>What is downloaded: a URL, or an object of a cloud's store, which nobody but its own server is asked for.</summary>
internal sealed record DownloadTarget(Uri Url)
{
    internal DownloadTarget(ICloudObject stored)
        : this(stored.Address) => Object = stored;

    internal ICloudObject? Object { get; }

    /// <summary>What has to come; null where anything will do.</summary>
    internal Digest? Expected { get; init; }

    /// <summary>More bytes are not taken; null for any number.</summary>
    internal long? Most { get; init; }

    /// <summary>For messages.</summary>
    internal string Name => Object?.ToString() ?? RedactedUri.Of(Url);

    /// <summary>Whether plain http is as good as https.</summary>
    internal bool PermitsDowngrade => Expected is not null;
}
