// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.49, reportingDescriptor.</summary>
internal sealed record SarifRule(string Id, SarifMessage ShortDescription, SarifConfiguration DefaultConfiguration)
{
    public string? HelpUri { get; init; }

    public SarifMessage? Help { get; init; }
}
