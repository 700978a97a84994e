// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;

namespace Kiln.Planning.Lint;

/// <summary>The protocol of a port is written in lower case.</summary>
public static class ExposeProtoCasing
{
    public static LintRule Rule { get; } = new("ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase");

    /// <param name="instruction">What is looked at.</param>
    /// <param name="port">Expanded.</param>
    /// <param name="log">Where the finding goes.</param>
    internal static void Check(ExposeInstruction instruction, string port, LintLog log)
    {
        if (port.Contains('/') && port[port.LastIndexOf('/')..].Any(char.IsUpper))
            log.Report(Rule, instruction, $"Defined protocol '{port}' in EXPOSE instruction should be lowercase", port);
    }
}
