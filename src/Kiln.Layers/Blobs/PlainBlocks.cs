// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Blobs;

/// <summary>Layers that are not packed at all.</summary>
internal sealed class PlainBlocks : BlockFormat
{
    internal override int BlockSize => 1 << 20;

    internal override void Pack(Block block) => block.Packed.Write(block.Plain.Span);
}
