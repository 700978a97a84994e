// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.30. Lines and columns count from 1, and the end column is the first that is not meant.</summary>
internal sealed record SarifRegion(int StartLine, int StartColumn, int EndLine, int EndColumn);
