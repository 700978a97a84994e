// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>Where the parts of images lie: a repository, a layout, an archive.</summary>
public interface IImageContent
{
    /// <summary>A manifest, an index or a configuration, checked against its digest and bounded.</summary>
    Task<RawDocument> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken);

    /// <summary>A blob, unread. Whether it is there may come to light only when it is opened.</summary>
    IBlobSource Find(Descriptor descriptor);
}
