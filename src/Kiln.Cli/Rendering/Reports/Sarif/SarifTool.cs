// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.18: what ran.</summary>
internal sealed record SarifTool(SarifDriver Driver);
