// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.50, reportingConfiguration: how bad it is when a rule is broken, and whether it is looked at unless somebody says otherwise.</summary>
internal sealed record SarifConfiguration(string Level, bool Enabled);
