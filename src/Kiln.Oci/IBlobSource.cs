// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>
/// A blob that can be read, more than once: on disk, in memory, or in a registry. Whoever hands one out answers for its bytes being
/// those of the descriptor, or for a stream that fails before its end.
/// </summary>
public interface IBlobSource
{
    Descriptor Descriptor { get; }

    /// <summary>The repository where it lies already, if that is known: another one of the same registry can mount it from there.</summary>
    ImageReference? Origin => null;

    ValueTask<Stream> OpenAsync(CancellationToken cancellationToken);
}
