// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts.Git;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>Which of git's lines people get to read.</summary>
public sealed class GitResultTests
{
    [Theory]
    [InlineData("warning: a\nfatal: repository 'x' not found\n", "fatal: repository 'x' not found")]
    [InlineData("No user exists for uid 1000700000\r\nfatal: Could not read from remote repository.\n\nPlease make sure\n", "No user exists for uid 1000700000")]
    [InlineData("fatal: Could not read from remote repository.\n\nPlease make sure\n", "fatal: Could not read from remote repository")]
    [InlineData("something else\nat last\n", "at last")]
    [InlineData("", "git ended with status 128")]
    public void The_line_that_says_why_is_the_complaint(string error, string expected) => Assert.Equal(expected, new GitResult(128, "", error).Complaint);
}
