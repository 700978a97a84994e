// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Completion;

/// <summary>What a shell can offer for the value of a flag.</summary>
internal enum ValueKind
{
    /// <summary>The flag has no value.</summary>
    None,

    /// <summary>Nothing can be offered.</summary>
    Text,
    Choice,
    File,
    Directory,
}
