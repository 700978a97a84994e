// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Layers;

/// <summary>What a step may do to the files below it, as a line of shell, and the layer that Docker makes of it.</summary>
/// <param name="Script">Run in the root of the stage.</param>
/// <param name="Entries">In their order, with bars between: path, mode, owner, then what it is; `@now` for a time of today.</param>
/// <param name="Walked">What the walk finds where it is right to find something else.</param>
internal sealed record Change(string Script, string Entries, string? Walked = null);
