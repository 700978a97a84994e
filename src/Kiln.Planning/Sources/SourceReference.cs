// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Planning.Sources;

/// <summary>
/// Where files come from: the base of a stage, the `--from` of a `COPY` or of a mount. The kinds are closed: <see cref="ScratchSource"/>,
/// <see cref="StageSource"/>, <see cref="ImageSource"/>, <see cref="LayoutSource"/>, <see cref="ImageArchiveSource"/>, <see cref="NamedContextSource"/>, <see cref="ContextSource"/>,
/// and the remote ones, <see cref="HttpSource"/>, <see cref="ArchiveSource"/>, <see cref="GitSource"/>.
/// </summary>
public abstract record SourceReference
{
    private protected SourceReference()
    {
    }

    /// <summary>What an image is wanted for; null of everything else.</summary>
    public virtual Platform? ImagePlatform => null;

    /// <summary>An image, whose configuration the plan needs to know.</summary>
    public bool IsImage => ImagePlatform is not null;
}
