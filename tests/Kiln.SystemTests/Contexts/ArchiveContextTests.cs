// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.SystemTests.Contexts;

/// <summary>Build contexts that are archives: files, the standard input, a web server's.</summary>
public sealed class ArchiveContextTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("context.tar", 0u)]
    [InlineData("context.tar.gz", 0u)]
    [InlineData("context.tar.gz", 1000u)]
    [InlineData("context.tar.zst", 0u)]
    [InlineData("context.tar.xz", 0u)]
    [InlineData("context.tar.bz2", 0u)]
    public async Task A_file_is_read_by_its_content(string name, uint uid)
    {
        using BuildPlace place = await world.NewPlaceAsync(uid);
        string archive = await ContextArchive.MakeAsync(place, name, Token);
        File.Move(archive, place.Path("nameless"));
        string image = place.NewDestination();

        KilnRun run = await place.BuildAsync(["--context", $"tar://{place.Path("nameless")}", "--destination", image], Token);

        await ContextArchive.CheckAsync(place, run, image, Token);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1000u)]
    public async Task The_standard_input_is_an_archive(uint uid)
    {
        using BuildPlace place = await world.NewPlaceAsync(uid);
        await ContextArchive.MakeAsync(place, "context.tar.gz", Token);
        string image = place.NewDestination();

        KilnRun run = await SendAsync(place, "cat context.tar.gz |", ["--context", "tar://stdin", "--destination", image]);

        await ContextArchive.CheckAsync(place, run, image, Token);
    }

    [Fact]
    public async Task An_input_that_is_cut_off_and_one_that_is_empty_are_one_error_each()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await ContextArchive.MakeAsync(place, "context.tar", Token);

        KilnRun cut = await SendAsync(place, "head -c 700 context.tar |", ["--context", "tar://stdin", "--no-push"]);
        KilnRun empty = await SendAsync(place, "true |", ["--context", "tar://stdin", "--no-push"]);

        ContextArchive.CheckRefused(place, cut, "KILN2013", "the archive `standard input` is broken or not all there: the archive ends inside a header");
        ContextArchive.CheckRefused(place, empty, "KILN2057", "`standard input` is empty");
    }

    [Fact]
    public async Task A_terminal_sends_no_archive()
    {
        Assert.SkipUnless(Programs.Has("script"), "script is not installed");
        using BuildPlace place = await world.NewPlaceAsync();
        string command = $"{await world.BinaryAsync()} build --context tar://stdin --no-push 2>{place.Path("said")}";

        await Programs.RunAsync(["script", "--quiet", "--return", "--command", $"{command} || true", "/dev/null"], Token);

        Assert.Contains("error KILN2001: the build context shall come from the standard input, which is a terminal\n", await File.ReadAllTextAsync(place.Path("said"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_of_a_context_is_a_context()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string archive = await ContextArchive.MakeAsync(place, "context.tar", Token);
        string image = place.NewDestination();

        KilnRun run = await place.BuildAsync(["--context", $"tar://{archive}", "--context-sub-path", "sub", "--destination", image], Token);
        KilnRun none = await place.BuildAsync(["--context", $"tar://{archive}", "--context-sub-path", "none", "--no-push"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("of the directory", (await PushedImage.FetchAsync(image, Token)).FindText("inner"));
        ContextArchive.CheckRefused(place, none, "KILN2001", $"the build context `{archive}` has no directory `none`");
    }

    [Fact]
    public async Task A_web_server_s_archive_and_Dockerfile_are_fetched_with_what_its_URL_says()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        byte[] archive = await File.ReadAllBytesAsync(await ContextArchive.MakeAsync(place, "context.tar.gz", Token), Token);
        string login = "Basic " + Convert.ToBase64String("user:s3cret-word"u8);
        await using var server = new FakeServer(request => (request.Authorization == login, request.Path) switch
        {
            (false, _) => FakeResponse.Of(401, ""),
            (_, "/context.tar.gz") => new FakeResponse(200, archive),
            (_, "/cut.tar.gz") => new FakeResponse(200, archive[..(archive.Length / 2)]),
            (_, "/Dockerfile") => new FakeResponse(200, Encoding.UTF8.GetBytes("FROM scratch\nCOPY file /\n")),
            _ => FakeResponse.Of(404, ""),
        });
        string image = place.NewDestination(), url = $"http://user:s3cret-word@{server.Address}";

        KilnRun run = await place.BuildAsync(["--context", $"{url}/context.tar.gz", "--dockerfile", $"{url}/Dockerfile", "--destination", image, "--verbosity=debug"], Token);
        KilnRun cut = await place.BuildAsync(["--context", $"{url}/cut.tar.gz", "--no-push"], Token);
        KilnRun missing = await place.BuildAsync(["--context", $"{url}/none.tar.gz", "--no-push"], Token);
        KilnRun refused = await place.BuildAsync(["--context", $"http://user:s3cret-wr0ng@{server.Address}/context.tar.gz", "--no-push"], Token);

        await ContextArchive.CheckAsync(place, run, image, Token);
        ContextArchive.CheckRefused(place, cut, "KILN2013", $"the archive `http://{server.Address}/cut.tar.gz` is broken or not all there: the archive ends inside a file");
        ContextArchive.CheckRefused(place, missing, "KILN2050", $"`http://{server.Address}/none.tar.gz` cannot be downloaded: the server answered 404 X", "check the spelling of the URL");
        ContextArchive.CheckRefused(
            place, refused, "KILN2050", $"`http://{server.Address}/context.tar.gz` cannot be downloaded: the server answered 401 X", "the server wants credentials, or has others in mind than those of the URL");
        Assert.All(new[] { run, cut, missing, refused }, each => Assert.DoesNotContain("s3cret", each.All, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("oci://REGISTRY/library/base")]
    [InlineData("oci:///LAYOUT:one")]
    public async Task The_files_of_an_image_are_a_context(string context)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await Programs.RunAsync(["skopeo", "copy", "--quiet", "--src-tls-verify=false", $"docker://{place.Registry}/library/base", $"oci:{place.Path("layout")}:one"], Token);
        await File.WriteAllTextAsync(place.Path("Dockerfile"), "FROM scratch\nCOPY etc/passwd /copied\n", Token);
        string image = place.NewDestination();

        KilnRun run = await place.BuildAsync(
            [
                "--context", context.Replace("REGISTRY", place.Registry, StringComparison.Ordinal).Replace("/LAYOUT", place.Path("layout"), StringComparison.Ordinal),
                "--destination", image,
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("root", (await PushedImage.FetchAsync(image, Token)).FindText("copied"), StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }

    private static async Task<KilnRun> SendAsync(BuildPlace place, string sender, string[] flags)
    {
        using RunningProgram program = place.StartBuild(flags, ["sh", "-c", $"{sender} \"$@\"", "sh"]);
        return await program.WaitAsync(Token);
    }
}
