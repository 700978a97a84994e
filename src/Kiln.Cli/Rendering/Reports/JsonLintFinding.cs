// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports;

/// <summary>A place that breaks a rule.</summary>
internal sealed record JsonLintFinding(string Rule, string Level, string Message, string Description, string Url, string File, JsonLintPlace Place);
