// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Compression;

/// <summary>What one call of a decoder did.</summary>
internal readonly record struct DecoderStep(int Consumed, int Written, bool FrameEnded);
