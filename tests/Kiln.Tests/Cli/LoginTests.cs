// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli;

public sealed class LoginTests : IDisposable
{
    private static readonly string BasicHeader = "Basic " + Convert.ToBase64String("alice:s3cret"u8);

    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string ConfigFile => Path.Combine(_directory, "docker", "config.json");

    private Dictionary<string, string> Surroundings => new() { ["DOCKER_CONFIG"] = Path.Combine(_directory, "docker"), ["HOME"] = _directory };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_the_registry_accepts_is_stored_for_its_owner_alone()
    {
        await using FakeServer server = Registry();

        string talk = await LoginAsync(server.Address, "s3cret");

        Assert.Equal($$$$"""{"auths":{"{{{{server.Address}}}}":{"auth":"{{{{BasicHeader["Basic ".Length..]}}}}"}}}""", Compact(ConfigFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ConfigFile));
        Assert.Equal([ConfigFile], Directory.EnumerateFiles(Path.GetDirectoryName(ConfigFile)!));
        Assert.Contains($"Login Succeeded: user `alice` at `{server.Address}`", talk);
        Assert.DoesNotContain("s3cret", talk);
    }

    [Fact]
    public async Task What_the_registry_refuses_is_not_stored()
    {
        await using FakeServer server = Registry();

        var error = await Assert.ThrowsAsync<BuildException>(() => LoginAsync(server.Address, "wr0ng"));

        Assert.Equal(DiagnosticRules.LoginRefused, error.Diagnostic.Rule);
        Assert.StartsWith($"`{server.Address}` does not accept user `alice` with this password", error.Message);
        Assert.DoesNotContain("wr0ng", error.ToString());
        Assert.False(File.Exists(ConfigFile));
    }

    [Fact]
    public async Task A_token_service_is_asked_with_the_password()
    {
        await using var server = new FakeServer(request => request.Path == "/token"
            ? request.Authorization == BasicHeader ? FakeResponse.Of(200, """{"token":"t1"}""") : FakeResponse.Of(401)
            : request.Authorization == "Bearer t1" ? FakeResponse.Of(200)
            : FakeResponse.Of(401, "", ("WWW-Authenticate", $"Bearer realm=\"http://{request.Headers["host"]}/token\",service=\"s\"")));

        await LoginAsync(server.Address, "s3cret");

        Assert.True(File.Exists(ConfigFile));
        Assert.Equal(["GET /v2/", "GET /token?service=s", "GET /v2/"], server.Log);
        var refusal = await Assert.ThrowsAsync<BuildException>(() => LoginAsync(server.Address, "wr0ng"));
        Assert.Equal(DiagnosticRules.LoginRefused, refusal.Diagnostic.Rule);
    }

    [Fact]
    public async Task Everything_else_in_the_file_stays_and_logging_out_takes_the_entry_away()
    {
        await using FakeServer server = Registry();
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        string before = $$$"""{"auths":{"https://{{{server.Address}}}/v2/":{"auth":"old"},"{{{server.Address}}}/team":{"auth":"t"},"h.io":{"auth":"x"}},"proxies":{"a":[1,"\u00e9"]},"currentContext":"c"}""";
        await File.WriteAllTextAsync(ConfigFile, before, Cancel);

        await LoginAsync(server.Address, "s3cret");
        using (var config = JsonDocument.Parse(await File.ReadAllTextAsync(ConfigFile, Cancel)))
            Assert.Equal([$"{server.Address}/team", "h.io", server.Address], config.RootElement.GetProperty("auths").EnumerateObject().Select(entry => entry.Name));
        string talk = await LogoutAsync(server.Address);

        Assert.StartsWith($"removed the credentials for `{server.Address}`", talk);
        Assert.Equal($$$"""{"auths":{"{{{server.Address}}}/team":{"auth":"t"},"h.io":{"auth":"x"}},"proxies":{"a":[1,"\u00E9"]},"currentContext":"c"}""", Compact(ConfigFile));
        Assert.Contains("has no credentials for", await LogoutAsync(server.Address));
    }

    [Fact]
    public async Task A_link_stays_a_link()
    {
        await using FakeServer server = Registry();
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        string real = Path.Combine(_directory, "real.json");
        await File.WriteAllTextAsync(real, "{}", Cancel);
        File.CreateSymbolicLink(ConfigFile, real);

        await LoginAsync(server.Address, "s3cret");

        Assert.Equal(real, new FileInfo(ConfigFile).LinkTarget);
        Assert.Contains(server.Address, await File.ReadAllTextAsync(real, Cancel));
    }

    [Theory]
    [InlineData("s3cret\n")]
    [InlineData("s3cret\r\n")]
    [InlineData("s3cret")]
    public async Task The_password_comes_from_the_input(string input)
    {
        await using FakeServer server = Registry();

        await new LoginRun(Surroundings, new StringReader(input), new StringWriter())
            .LoginAsync(new BuildArguments { Username = "alice", PasswordFromInput = true }, server.Address, Cancel);

        Assert.True(File.Exists(ConfigFile));
    }

    [Theory]
    [InlineData(null, "s3cret", false, "h.io", "needs a user")]
    [InlineData("alice", null, false, "h.io", "in exactly one way")]
    [InlineData("alice", "s3cret", true, "h.io", "in exactly one way")]
    [InlineData("alice", null, true, "h.io", "has no password")]
    [InlineData("alice", "s3cret", false, "h.io/team", "is not the host of a registry")]
    [InlineData("alice", "s3cret", false, "h io", "is not the host of a registry")]
    public async Task What_is_missing_or_wrong_is_named(string? user, string? password, bool fromInput, string host, string message)
    {
        var arguments = new BuildArguments { Username = user, Password = password, PasswordFromInput = fromInput };

        var error = await Assert.ThrowsAsync<BuildException>(
            () => new LoginRun(Surroundings, new StringReader(" \n"), new StringWriter()).LoginAsync(arguments, host, Cancel));

        Assert.Equal(DiagnosticRules.InvalidArgument, error.Diagnostic.Rule);
        Assert.Contains(message, error.Message);
        Assert.DoesNotContain("s3cret", error.ToString());
    }

    [Fact]
    public async Task Explaining_shows_places_in_order_the_challenge_and_what_the_token_is_good_for()
    {
        string claims = Convert.ToBase64String("""{"access":[{"type":"repository","name":"team/app","actions":["pull"]}]}"""u8).TrimEnd('=');
        await using var server = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, $$"""{"token":"h.{{claims}}.s3cret","expires_in":300}""")
            : FakeResponse.Of(401, "", ("WWW-Authenticate", $"Bearer realm=\"http://{request.Headers["host"]}/token\",service=\"s\"")));
        Dictionary<string, string> environment = Surroundings;
        environment["DOCKER_AUTH_CONFIG"] = $$$$"""{"auths":{"{{{{server.Address}}}}/team":{"auth":"{{{{Convert.ToBase64String("alice:s3cret"u8)}}}}"}}}""";
        environment["KILN_127_0_0_1_USER"] = environment["KILN_127_0_0_1_PASSWORD"] = "s3cret-other";
        environment["GITHUB_TOKEN"] = "s3cret";

        (bool isLetIn, string output) = await ExplainAsync($"{server.Address}/team/app:1", environment);

        Assert.True(isLetIn);
        Assert.StartsWith($"{server.Address}/team/app\ncredentials:\n  user `alice` from `DOCKER_AUTH_CONFIG`, entry `{server.Address}/team`: used\n", output);
        Assert.Contains($"`{ConfigFile}`: there is no such file", output);
        Assert.Contains("the variables of GitHub Actions (github): they are for `ghcr.io`", output);
        Assert.Contains($"GET http://{server.Address}/v2/: 401", output);
        Assert.Contains($"it demands: Bearer, realm `http://{server.Address}/token`, service `s`", output);
        Assert.Contains("a token to push: given for 300 s, good for `repository:team/app:pull`", output);
        Assert.DoesNotContain("s3cret", output.Replace("s3cret-other`", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Explaining_says_that_a_registry_does_not_let_us_in()
    {
        await using FakeServer server = Registry();

        (bool isLetIn, string output) = await ExplainAsync(server.Address, Surroundings);

        Assert.False(isLetIn);
        Assert.Contains("so the registry is asked without", output);
        Assert.Contains("access: none without credentials", output);
        Assert.EndsWith("so it does not let us in\n", output);
    }

    [Fact]
    public async Task Explaining_shows_the_hosts_that_a_pull_asks()
    {
        await using FakeServer server = Registry();
        var arguments = new BuildArguments();
        arguments.RegistryMaps.Add($"{server.Address}=mirror.io/x");
        using var output = new StringWriter { NewLine = "\n" };

        await new ExplainRun(Surroundings, output).RunAsync(arguments, $"{server.Address}/app", Cancel);

        Assert.Contains($"a pull asks:\n  mirror.io/x/app\n  {server.Address}/app\n", output.ToString());
    }

    private static FakeServer Registry() =>
        new(request => request.Authorization == BasicHeader ? FakeResponse.Of(200) : FakeResponse.Of(401, "", ("WWW-Authenticate", "Basic realm=\"r\"")));

    private async Task<string> LoginAsync(string host, string password)
    {
        using var talk = new StringWriter();
        await new LoginRun(Surroundings, TextReader.Null, talk).LoginAsync(new BuildArguments { Username = "alice", Password = password }, host, Cancel);
        return talk.ToString();
    }

    private async Task<string> LogoutAsync(string host)
    {
        using var talk = new StringWriter();
        await new LoginRun(Surroundings, TextReader.Null, talk).LogoutAsync(host, Cancel);
        return talk.ToString();
    }

    private static async Task<(bool IsLetIn, string Output)> ExplainAsync(string subject, Dictionary<string, string> environment)
    {
        using var output = new StringWriter { NewLine = "\n" };
        bool isLetIn = await new ExplainRun(environment, output).RunAsync(new BuildArguments(), subject, Cancel);
        return (isLetIn, output.ToString());
    }

    private static string Compact(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            document.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
