// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;

namespace Kiln.Planning.Lint;

/// <summary>A port is the container's alone: address and host port are the business of who runs it.</summary>
public static class ExposeInvalidFormat
{
    public static LintRule Rule { get; } = new(
        "ExposeInvalidFormat", "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release");

    /// <param name="instruction">What is looked at.</param>
    /// <param name="port">Expanded.</param>
    /// <param name="log">Where the finding goes.</param>
    internal static void Check(ExposeInstruction instruction, string port, LintLog log)
    {
        int colon = port.LastIndexOf(':');
        if (colon > 0 && port[..colon].Trim(':').Length > 0)
            log.Report(Rule, instruction, $"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'", port);
    }
}
