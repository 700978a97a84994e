// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports;

/// <summary>From one to the other; lines and columns count from 1, columns in UTF-16 code units, and the end is not included.</summary>
internal sealed record JsonLintPlace(int Line, int Column, int EndLine, int EndColumn);
