// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Cli;

public sealed class SecretArgumentsTests : IDisposable
{
    private const string Content = "hush-hush";

    private static readonly Dictionary<string, string> Environment = new() { ["TOKEN"] = "from-environment" };

    private readonly string _file = Path.GetTempFileName();

    public SecretArgumentsTests() => File.WriteAllText(_file, Content);

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("id=a,src=FILE", "a", Content)]
    [InlineData("id=a,source=FILE,type=file", "a", Content)]
    [InlineData("src=FILE,id=a", "a", Content)]
    [InlineData("id=a,env=TOKEN", "a", "from-environment")]
    [InlineData("id=TOKEN", "TOKEN", "from-environment")]
    [InlineData("id=FILE", "FILE", Content)]
    [InlineData("id=a,type=env,src=TOKEN", "a", "from-environment")]
    public void Every_form_finds_the_secret(string argument, string id, string content)
    {
        var secrets = SecretArguments.Read([argument.Replace("FILE", _file, StringComparison.Ordinal)], Environment);

        var (name, secret) = Assert.Single(secrets);
        Assert.Equal(id.Replace("FILE", _file, StringComparison.Ordinal), name);
        Assert.Equal(content, Encoding.UTF8.GetString(secret.Content.Span));
    }

    [Theory]
    [InlineData("src=FILE", "it has no id")]
    [InlineData("id=,src=FILE", "it has no id")]
    [InlineData("id=a,src=FILE,env=TOKEN", "it names both a file and a variable")]
    [InlineData("id=a,colour=red", "`colour=red` means nothing here")]
    [InlineData("id=a,FILE", "is not of the form KEY=VALUE")]
    [InlineData("id=a,env=NONE", "the environment has no variable `NONE`")]
    [InlineData("id=a,src=FILE.none", "its file cannot be read")]
    [InlineData("id=a,type=magic", "`type=magic` means nothing here")]
    public void What_cannot_be_used_says_why_and_never_what_the_secret_is(string argument, string why)
    {
        string typed = argument.Replace("FILE", _file, StringComparison.Ordinal);

        var refusal = Assert.Throws<BuildException>(() => SecretArguments.Read([typed], Environment));

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Content, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_id_is_one_secret() =>
        Assert.Contains(
            "given twice", Assert.Throws<BuildException>(() => SecretArguments.Read(["id=TOKEN", "id=TOKEN"], Environment)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_secret_of_more_than_500_KiB_is_refused()
    {
        File.WriteAllBytes(_file, new byte[(500 * 1024) + 1]);

        Assert.Throws<BuildException>(() => SecretArguments.Read([$"id=a,src={_file}"], Environment));
    }

    [Fact]
    public void A_secret_does_not_print_itself() =>
        Assert.Equal("(secret)", SecretArguments.Read([$"id=a,src={_file}"], Environment)["a"].ToString());
}
