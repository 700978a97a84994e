// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Streams;

/// <summary>A step of a build that is over.</summary>
internal sealed record JsonStep(string Stage, int Step, string Title, string Outcome, double Seconds, JsonLayer? Layer, string? Cache);
