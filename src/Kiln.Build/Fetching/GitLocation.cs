// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts.Git;

namespace Kiln.Build.Fetching;

/// <summary>A commit of a git repository.</summary>
public sealed record GitLocation(GitClone Repository) : ContextLocation
{
    public override string Name => Repository.ToString();
}
