// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Seccomp;

/// <summary>How a filter compares an argument.</summary>
public enum ArgumentComparison
{
    Equal,
    AtLeast,
}
