// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning;

/// <summary>Whose images come out, where builders disagree about what a Dockerfile says.</summary>
public enum Compatibility
{
    Docker,

    /// <summary>As kaniko's, where somebody may depend on it and nobody is harmed: COMPAT.md says in what.</summary>
    Kaniko,
}
