// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.19: the tool's name and its rules.</summary>
internal sealed record SarifDriver(string Name, string Version, IReadOnlyList<SarifRule> Rules);
