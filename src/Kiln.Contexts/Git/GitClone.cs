// SPDX-License-Identifier: Apache-2.0
using Kiln.Planning.Sources;

namespace Kiln.Contexts.Git;

/// <summary>A repository as build context: with its `.git`, and as much of its past as is wanted. It has no text but its address without secrets.</summary>
public sealed class GitClone
{
    /// <summary>What git is told to fetch from. Its user information can be secret.</summary>
    public required string Remote { get; init; }

    /// <summary>A branch, a tag, a full reference (`refs/...`) or a whole commit hash; null for the branch that the repository starts with.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether the reference is a branch or a tag and nothing else.</summary>
    public bool IsBranchOrTag { get; init; }

    /// <summary>The commit that is checked out, wherever the reference points; null for where that points.</summary>
    public string? Commit { get; init; }

    /// <summary>A user and password for an http server, where the address has none; the password may be empty.</summary>
    public (string User, string Password)? Login { get; init; }

    /// <summary>How many commits of each branch; 0 for all.</summary>
    public int Depth { get; init; }

    /// <summary>Whether other branches and tags stay out.</summary>
    public bool SingleBranch { get; init; }

    public bool Submodules { get; init; }

    /// <summary>Whether the server's certificate is believed whatever it is.</summary>
    public bool SkipsTlsVerify { get; init; }

    /// <summary>Whether files that Git LFS keeps stay pointers.</summary>
    public bool KeepsPointers { get; init; }

    public override string ToString() => RemoteLocation.Redact(Remote);
}
