// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.11 and 3.12: text for people.</summary>
internal sealed record SarifMessage(string Text);
