// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Cli.Commands;

/// <summary>The words for yes and no that kaniko's flags and environment variables take (Go's strconv.ParseBool).</summary>
internal static class GoBoolean
{
    /// <param name="text">The word.</param>
    /// <param name="place">Where it stands, for the message.</param>
    internal static bool Parse(string text, string place) => text switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw DiagnosticRules.InvalidArgument.Error($"{place} is set to `{text}`, which is neither true nor false", hint: "write `true` or `false`"),
    };
}
