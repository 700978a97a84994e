// SPDX-License-Identifier: Apache-2.0
using Kiln.Contexts.Git;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>What git's assistant tells to whom.</summary>
public sealed class GitAssistantTests
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["KILN_GIT_SERVER"] = "https://git.example:8443", ["KILN_GIT_USER"] = "me", ["KILN_GIT_PASSWORD"] = "hush",
    };

    [Theory]
    [InlineData("Username for 'https://git.example:8443': ", "me\n")]
    [InlineData("Password for 'https://me@git.example:8443': ", "hush\n")]
    [InlineData("Password for 'https://m%27e@git.example:8443/a%20b.git': ", "hush\n")]
    [InlineData("""Password for "https://me@git.example:8443/one.git/info/lfs" """, "hush\n")]
    [InlineData("Password for 'http://me@git.example:8443': ", null)]
    [InlineData("Password for 'https://me@git.example': ", null)]
    [InlineData("Password for 'https://me@git.example.org:8443': ", null)]
    [InlineData("Password for 'https://git.example:8443@elsewhere.example': ", null)]
    [InlineData("Password for 'https://elsewhere.example/'https://git.example:8443': ", null)]
    [InlineData("Enter passphrase for key: ", null)]
    public void One_server_alone_is_told_the_password(string question, string? expected)
    {
        using var answer = new StringWriter();

        int status = GitAssistant.Run("kiln-git-ask", [question], Environment, answer);

        Assert.Equal((expected is null ? 1 : 0, expected ?? ""), (status, answer.ToString()));
    }
}
