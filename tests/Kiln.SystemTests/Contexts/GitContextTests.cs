// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Kiln.Tests.Contexts;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.SystemTests.Contexts;

/// <summary>Build contexts that are git repositories: git's own servers, sshd, a server of large files.</summary>
public sealed class GitContextTests(BuildWorld world) : IAsyncDisposable
{
    private readonly GitOrigin _origin = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    [Theory]
    [InlineData("", "new")]
    [InlineData("#refs/heads/main", "new")]
    [InlineData("#v1", "old")]
    [InlineData("#refs/heads/main#COMMIT", "old")]
    public async Task A_daemon_s_repository_is_a_context(string fragment, string content)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string old = CreateHistory();
        place.Environment["GIT_PULL_METHOD"] = "git";
        string image = place.NewDestination();

        KilnRun run = await place.BuildAsync(["--context", $"{_origin.Address}/one{fragment.Replace("COMMIT", old, StringComparison.Ordinal)}", "--destination", image], Token);

        Assert.True(run.Status == 0, run.All);
        PushedImage made = await PushedImage.FetchAsync(image, Token);
        Assert.Equal(content, made.FindText("file"));
        Assert.Contains("[remote \"origin\"]", made.FindText(".git/config"), StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_web_server_s_repository_wants_a_login_that_the_image_does_not_know()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        CreateHistory();
        (_origin.User, _origin.Password) = ("s3cret-token", "");
        string image = place.NewDestination(), context = $"git://{_origin.Web.Address}/one.git";
        place.Environment["GIT_PULL_METHOD"] = "http";

        KilnRun closed = await place.BuildAsync(["--context", context, "--no-push"], Token);
        place.Environment["GIT_TOKEN"] = "s3cret-wr0ng";
        KilnRun refused = await place.BuildAsync(["--context", context, "--no-push"], Token);
        place.Environment["GIT_TOKEN"] = "s3cret-token";
        KilnRun missing = await place.BuildAsync(["--context", $"{context}#none", "--no-push"], Token);
        KilnRun branch = await place.BuildAsync(["--context", context, "--git", "branch=none", "--no-push"], Token);
        KilnRun run = await place.BuildAsync(["--context", context, "--git", "depth=1", "--destination", image, "--verbosity", "debug"], Token);

        Assert.True(run.Status == 0, run.All);
        PushedImage made = await PushedImage.FetchAsync(image, Token);
        Assert.Equal("new", made.FindText("file"));
        Assert.All(made.Layers, layer => Assert.Equal(-1, layer.AsSpan().IndexOf("s3cret"u8)));
        Assert.Contains($"error KILN2055: `http://{_origin.Web.Address}/one.git` cannot be fetched: fatal: could not read Username", closed.Error, StringComparison.Ordinal);
        Assert.Contains($"error KILN2055: `http://{_origin.Web.Address}/one.git` cannot be fetched: fatal: Authentication failed", refused.Error, StringComparison.Ordinal);
        foreach (KilnRun run404 in new[] { missing, branch })
            ContextArchive.CheckRefused(place, run404, "KILN2056", $"the repository `http://{_origin.Web.Address}/one.git` does not contain ref `none`");
        Assert.All(new[] { closed, refused, missing, run }, each => Assert.DoesNotContain("s3cret", each.All, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_ssh_server_s_repository_is_opened_by_a_key_or_an_agent()
    {
        Assert.SkipUnless(Programs.Has("sshd") && Environment.IsPrivilegedProcess, "sshd is not installed, or the tests are not root's");
        using BuildPlace place = await world.NewPlaceAsync();
        CreateHistory();
        await using SshServer server = await SshServer.StartAsync(Token);
        string context = $"ssh://root@127.0.0.1:{server.Port.ToString(CultureInfo.InvariantCulture)}{_origin.InRepository("one", "")}";
        string home = Directory.CreateDirectory(System.IO.Path.Combine(place.Path("home"), ".ssh")).FullName, key = System.IO.Path.Combine(home, "id_ed25519");
        await Programs.RunAsync(["chmod", "0700", home], Token);

        KilnRun unknown = await place.BuildAsync(["--context", context, "--no-push"], Token);
        File.WriteAllText(System.IO.Path.Combine(home, "known_hosts"), server.KnownHost);
        KilnRun refused = await place.BuildAsync(["--context", context, "--no-push"], Token);
        File.Copy(server.ClientKey, key);
        KilnRun byKey = await place.BuildAsync(["--context", context, "--no-push"], Token);
        File.Delete(key);
        await using SshAgentProcess agent = await SshAgentProcess.StartAsync(server.ClientKey, place.Path("agent.sock"), Token);
        place.Environment["SSH_AUTH_SOCK"] = agent.Socket;
        KilnRun byAgent = await place.BuildAsync(["--context", context, "--no-push"], Token);

        Assert.Contains("hint: put the host's key into `~/.ssh/known_hosts`", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("hint: no key of `~/.ssh` or of the ssh agent was accepted", refused.Error, StringComparison.Ordinal);
        Assert.True(byKey.Status == 0, byKey.All);
        Assert.True(byAgent.Status == 0, byAgent.All);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task Large_files_take_the_place_of_their_pointers()
    {
        Assert.SkipUnless(Programs.Has("git-lfs"), "git-lfs is not installed");
        using BuildPlace place = await world.NewPlaceAsync();
        byte[] large = Encoding.ASCII.GetBytes(Convert.ToHexString(RandomNumberGenerator.GetBytes(50_000)));
        string hash = Convert.ToHexStringLower(SHA256.HashData(large));
        await using var store = new FakeServer(request => request.Path == "/large" ? new FakeResponse(200, large) : FakeResponse.Of(404, ""));
        _origin.AnswerFirst = request => request.Path == "/one.git/info/lfs/objects/batch"
            ? FakeResponse.Of(
                200,
                JsonSerializer.Serialize(new
                {
                    transfer = "basic",
                    objects = new[] { new { oid = hash, size = large.Length, authenticated = true, actions = new { download = new { href = $"http://{store.Address}/large" } } } },
                }),
                ("Content-Type", "application/vnd.git-lfs+json"))
            : null;
        CreateHistory();
        _origin.Commit("one", ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        _origin.Git("one", "config", "filter.lfs.clean", "cat");
        _origin.Commit("one", "large.bin", $"version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize {large.Length}\n");
        string image = place.NewDestination(), context = $"http://{_origin.Web.Address}/one.git";

        KilnRun run = await place.BuildAsync(["--context", context, "--destination", image], Token);
        place.Environment["GIT_LFS_SKIP_SMUDGE"] = "1";
        KilnRun pointers = await place.BuildAsync(["--context", context, "--destination", image + "-pointers"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.True(pointers.Status == 0, pointers.All);
        Assert.Equal(Encoding.ASCII.GetString(large), (await PushedImage.FetchAsync(image, Token)).FindText("large.bin"));
        Assert.StartsWith("version", (await PushedImage.FetchAsync(image + "-pointers", Token)).FindText("large.bin"), StringComparison.Ordinal);
    }

    /// <summary>Two commits; result: the first, which has a tag.</summary>
    private string CreateHistory()
    {
        _origin.Create("one", "Dockerfile", "FROM scratch\nCOPY . /\n");
        string old = _origin.Commit("one", "file", "old");
        _origin.Git("one", "tag", "v1");
        _origin.Commit("one", "file", "new");
        return old;
    }
}
