// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Cli.Commands;

/// <summary>The words for yes and no that kaniko's environment variables take (Go's strconv.ParseBool).</summary>
internal static class GoBoolean
{
    internal static bool Parse(string text, string variable) => text switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw DiagnosticRules.InvalidArgument.Error($"the environment variable `{variable}` holds `{text}`, which is neither true nor false"),
    };
}
