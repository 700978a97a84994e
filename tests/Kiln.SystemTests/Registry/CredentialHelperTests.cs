// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Registry.Auth;
using Xunit;

namespace Kiln.SystemTests.Registry;

public sealed class CredentialHelperTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_server_is_handed_to_the_helper_and_its_answer_believed()
    {
        CredentialLookup lookup = await AskAsync("""read -r server; printf '{"ServerURL":"%s","Username":"%s","Secret":"s"}' "$server" "$1-$server" """);

        Assert.Equal("user `get-h.io`", lookup.Credential?.ToString());
    }

    [Fact]
    public async Task The_user_token_stands_for_an_identity_token() =>
        Assert.True((await AskAsync("""echo '{"Username":"<token>","Secret":"s"}'""")).Credential?.IsIdentityToken);

    [Fact]
    public async Task A_helper_that_knows_nothing_leads_to_no_credential() =>
        Assert.Null((await AskAsync("echo 'credentials not found in native keychain'; exit 1")).Credential);

    [Theory]
    [InlineData("echo 'the vault is locked'; exit 3", "failed with status 3: the vault is locked")]
    [InlineData("echo 'hello'", "answered something else than JSON")]
    public async Task A_helper_that_fails_is_an_error(string script, string message)
    {
        var error = await Assert.ThrowsAsync<BuildException>(() => AskAsync(script));

        Assert.Equal(DiagnosticRules.CredentialsUnreadable, error.Diagnostic.Rule);
        Assert.EndsWith(message, error.Message);
    }

    [Fact]
    public async Task A_helper_that_complains_at_length_does_not_hang() =>
        Assert.NotNull((await AskAsync("""head -c 1000000 /dev/zero >&2; echo '{"Username":"u","Secret":"s"}'""")).Credential);

    private async Task<CredentialLookup> AskAsync(string script)
    {
        string program = _directory.Path("docker-credential-test");
        await File.WriteAllTextAsync(_directory.Path("script"), "#!/bin/sh\n" + script + "\n", TestContext.Current.CancellationToken);
        // Copied by another process: a program that somebody still has open for writing cannot be started (ETXTBSY), and a process
        // that was started meanwhile, by another test, would have it open.
        await Programs.RunAsync(["install", "-m", "700", _directory.Path("script"), program], TestContext.Current.CancellationToken);
        return (await CredentialHelper.GetAsync(program, "h.io", TestContext.Current.CancellationToken))!;
    }
}
