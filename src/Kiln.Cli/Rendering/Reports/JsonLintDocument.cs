// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports;

/// <summary>What `kiln lint --format json` writes.</summary>
internal sealed record JsonLintDocument(IReadOnlyList<JsonLintFinding> Findings, IReadOnlyList<JsonLintError> Errors);
