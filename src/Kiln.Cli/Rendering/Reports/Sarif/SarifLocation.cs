// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.28.</summary>
internal sealed record SarifLocation(SarifPhysicalLocation PhysicalLocation);
