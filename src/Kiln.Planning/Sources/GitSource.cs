// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>The files of a commit in a git repository.</summary>
public sealed record GitSource : SourceReference
{
    /// <summary>What git is told to fetch from. Its user information can be secret: messages have <see cref="ToString"/>.</summary>
    public required string Remote { get; init; }

    /// <summary>A branch, a tag, a full reference (`refs/...`) or a commit; null for the branch that the repository starts with.</summary>
    public string? Reference { get; init; }

    /// <summary>A directory in it, without links on the way; empty for all of it.</summary>
    public string Subdirectory { get; init; } = "";

    /// <summary>What the commit's hash has to start with, in lower case.</summary>
    public string? Commit { get; init; }

    /// <summary>Whether `.git` stays; null where nobody said so, which is no.</summary>
    public bool? KeepsGitDirectory { get; init; }

    /// <summary>Whether submodules are fetched too.</summary>
    public bool Submodules { get; init; } = true;

    /// <summary>Whether files are as old as the commit, and not as the checkout.</summary>
    public bool CommitTimes { get; init; }

    /// <summary>Whether <see cref="Commit"/> is fetched, wherever the reference points by now.</summary>
    public bool FetchesByCommit { get; init; }

    /// <summary>The whole hash of the commit, where it is said: the reference is one, or the promised one is what is fetched. Null where a server has to be asked.</summary>
    public string? FindCommit() =>
        FetchesByCommit ? IsHash(Commit) ? Commit : null
        : Reference?.ToLowerInvariant() is { } named && IsHash(named) ? named
        : null;

    private static bool IsHash(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower);

    public override string ToString() => RemoteLocation.Redact(Remote);
}
