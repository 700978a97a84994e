// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports;

/// <summary>Why a file could not be built at all. An error of the file as a whole has no place.</summary>
internal sealed record JsonLintError(string Code, string Message, string Hint, string File, JsonLintPlace? Place);
