// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Tar;
using Kiln.Oci;

namespace Kiln.Layers.Sources;

/// <summary>A file inside a plain archive that can be read at any place, by the offset of its first header.</summary>
public sealed class TarEntrySource(ContentSource archive, long headerOffset) : ContentSource
{
    public override Stream Open()
    {
        Stream stream = archive.Open();
        stream.Seek(headerOffset, SeekOrigin.Begin);
        var reader = new TarReader(stream);
        reader.ReadNext();
        return new Owner(reader.Content, stream);
    }

    /// <summary>The content, and the archive that ends with it.</summary>
    private sealed class Owner(Stream content, Stream archive) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer) => content.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            content.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                archive.Dispose();
            base.Dispose(disposing);
        }
    }
}
