// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.27: a place that breaks a rule.</summary>
internal sealed record SarifResult(string RuleId, int RuleIndex, string Level, SarifMessage Message, IReadOnlyList<SarifLocation> Locations);
