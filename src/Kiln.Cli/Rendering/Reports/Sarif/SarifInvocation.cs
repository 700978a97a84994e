// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>SARIF 3.20: whether the tool got to the end. What it found does not count here.</summary>
internal sealed record SarifInvocation(bool ExecutionSuccessful);
