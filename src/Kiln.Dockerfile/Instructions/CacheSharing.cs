// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>What happens when two steps want one cache.</summary>
public enum CacheSharing
{
    /// <summary>Both have it.</summary>
    Shared,

    /// <summary>The second has another one.</summary>
    Private,

    /// <summary>The second waits.</summary>
    Locked,
}
