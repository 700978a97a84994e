// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Roots;

/// <summary>One tree that holds the whole file system and is changed in place, for where overlays are refused.</summary>
public sealed record MergedRoot(string Tree) : RunRoot
{
    public override string ChangedDirectory => Tree;
}
