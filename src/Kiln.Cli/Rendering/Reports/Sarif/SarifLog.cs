// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.13: the whole document.</summary>
internal sealed record SarifLog(IReadOnlyList<SarifRun> Runs)
{
    [JsonPropertyName("$schema"), JsonPropertyOrder(-2)]
    public string Schema { get; } = "https://json.schemastore.org/sarif-2.1.0.json";

    [JsonPropertyOrder(-1)]
    public string Version { get; } = "2.1.0";
}
