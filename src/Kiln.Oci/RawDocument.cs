// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>
/// The bytes of a manifest, an index or a configuration. Their digest is over these bytes and no others, so a document that came from
/// elsewhere is passed on as it came, never written anew.
/// </summary>
public sealed class RawDocument(MediaType mediaType, ReadOnlyMemory<byte> content) : IBlobSource
{
    public MediaType MediaType { get; } = mediaType;

    public ReadOnlyMemory<byte> Content { get; } = content;

    public Digest Digest => Descriptor.Digest;

    public Descriptor Descriptor { get; } = new()
    {
        MediaType = mediaType,
        Digest = Digest.Sha256(content.Span),
        Size = content.Length,
    };

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => new(new MemoryStream(Content.ToArray(), writable: false));
}
