// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Store;

/// <summary>A blob whose bytes come when the test sends them.</summary>
internal sealed class SlowBlob(byte[] promised) : IBlobSource
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));

    public Descriptor Descriptor { get; } = new RawDocument(MediaType.OciLayer, promised).Descriptor;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _pipe.Writer.WriteAsync(bytes, TestContext.Current.CancellationToken);

    public async Task EndAsync() => await _pipe.Writer.CompleteAsync();

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => new(_pipe.Reader.AsStream());
}
