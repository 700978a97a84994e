// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>What a flag takes.</summary>
internal enum FlagKind
{
    /// <summary>A value, which can be empty.</summary>
    Text,

    /// <summary>Nothing, `true` or `false`.</summary>
    Boolean,

    /// <summary>A value, any number of times.</summary>
    List,
}
