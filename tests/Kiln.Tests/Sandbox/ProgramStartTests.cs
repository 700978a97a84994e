// SPDX-License-Identifier: Apache-2.0
using Kiln.Sandbox.Stage;
using Xunit;

namespace Kiln.Tests.Sandbox;

public sealed class ProgramStartTests
{
    [Theory]
    [InlineData("sh", "/bin:/usr/bin", "/bin/sh /usr/bin/sh")]
    [InlineData("sh", ":/bin", "./sh /bin/sh")]
    [InlineData("./sh", "/bin", "./sh")]
    [InlineData("dir/sh", "/bin", "dir/sh")]
    public void A_name_without_a_slash_is_looked_up(string name, string path, string candidates) =>
        Assert.Equal(candidates, string.Join(' ', ProgramStart.Candidates(name, path)));

    [Theory]
    [InlineData("PATH=/x|HOME=/h", "PATH=/x|HOME=/h", "/x")]
    [InlineData("A=PATH=1", "A=PATH=1|PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|HOME=/root", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")]
    public void An_environment_is_completed_at_its_end(string requested, string expected, string searched)
    {
        var environment = StageEnvironment.Complete([.. requested.Split('|')], "/root");

        Assert.Equal(expected, string.Join('|', environment.Variables));
        Assert.Equal(searched, environment.SearchPath);
    }
}
