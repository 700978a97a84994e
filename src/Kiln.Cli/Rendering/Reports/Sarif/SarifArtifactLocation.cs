// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.4: a file, relative to a root that the consumer knows, or absolute.</summary>
internal sealed record SarifArtifactLocation(string Uri, string? UriBaseId);
