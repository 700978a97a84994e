// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Sources;

/// <summary>Bytes that are in memory anyway: a heredoc's.</summary>
public sealed class BytesSource(ReadOnlyMemory<byte> bytes) : ContentSource
{
    public override Stream Open() => new MemoryStream(bytes.ToArray(), writable: false);
}
