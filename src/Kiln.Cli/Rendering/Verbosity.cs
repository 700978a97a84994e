// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering;

/// <summary>How much is said. kaniko's seven words come down to four.</summary>
internal enum Verbosity
{
    /// <summary>Errors alone.</summary>
    Error,
    Warning,
    Info,
    Debug,
}
