// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Streams;

/// <summary>A layer's blob.</summary>
internal sealed record JsonLayer(string Digest, long Size);
