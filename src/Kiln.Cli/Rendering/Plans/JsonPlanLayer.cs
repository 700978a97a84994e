// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Plans;

/// <summary>A layer in it.</summary>
internal sealed record JsonPlanLayer(string Digest, long Bytes, bool Fetched, bool Unpacked, string Reason);
