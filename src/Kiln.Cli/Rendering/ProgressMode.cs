// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering;

/// <summary>How a build is shown, as `--progress` names it.</summary>
internal enum ProgressMode
{
    /// <summary>Live where a person looks on, in lines elsewhere.</summary>
    Auto,
    Plain,
    Tty,
    RawJson,
    Quiet,
}
