// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.29: a file, and a region in it where not all of it is meant.</summary>
internal sealed record SarifPhysicalLocation(SarifArtifactLocation ArtifactLocation, SarifRegion? Region);
