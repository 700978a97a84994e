// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Contexts.Git;

/// <summary>A commit's files on disk.</summary>
/// <param name="Commit">The commit's hash.</param>
/// <param name="CommitTime">The committer's time.</param>
/// <param name="Files">They, or those of the directory that was asked for. Who gets it ends it.</param>
public sealed record GitCheckout(string Commit, UnixTime CommitTime, GitContext Files);
