// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering;

/// <summary>What lines of the log look like, as `--log-format` names it.</summary>
internal enum LogFormat
{
    /// <summary>In colour where a person looks on.</summary>
    Auto,
    Text,
    Color,
    Json,
}
