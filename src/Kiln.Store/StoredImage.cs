// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>An image, or an index of images, on disk.</summary>
/// <param name="Names">Whole names, or tags alone where nobody noted more.</param>
/// <param name="Digest">Of its manifest or index; null where an archive has none and one has to be made.</param>
/// <param name="OpenAsync">Reads its document.</param>
public sealed record StoredImage(
    IReadOnlyList<string> Names, Digest? Digest, Func<CancellationToken, Task<LocatedImage>> OpenAsync)
{
    internal bool IsNamed(string name) =>
        Names.Contains(name)
        || Digest?.ToString() == name
        || (ImageReference.TryParse(name, out ImageReference? reference) && Names.Contains(reference.ToString()));
}
