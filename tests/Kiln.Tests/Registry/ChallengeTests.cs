// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry.Auth;
using Xunit;

namespace Kiln.Tests.Registry;

public class ChallengeTests
{
    [Theory]
    [InlineData("""realm="https://a/t",service="s, t",scope="repository:a/b:pull,push" """, "https://a/t", "s, t", "repository:a/b:pull,push")]
    [InlineData("realm=https://a/t, service=s", "https://a/t", "s", null)]
    [InlineData("""Realm="https://a/t" , SERVICE="a\"b" """, "https://a/t", "a\"b", null)]
    [InlineData("""service="unterminated""", null, "unterminated", null)]
    [InlineData("", null, null, null)]
    [InlineData("nonsense", null, null, null)]
    public void The_parameters_of_a_challenge_are_read(string text, string? realm, string? service, string? scope)
    {
        Dictionary<string, string> parameters = Challenge.ReadParameters(text);

        Assert.Equal(
            (realm, service, scope),
            (parameters.GetValueOrDefault("realm"), parameters.GetValueOrDefault("service"), parameters.GetValueOrDefault("scope")));
    }

    [Theory]
    [InlineData("Bearer realm=\"ftp://a/t\"")]
    [InlineData("Bearer realm=\"/relative\"")]
    [InlineData("Negotiate abc")]
    public void A_challenge_that_cannot_be_met_is_none(string header) => Assert.Null(Find(header));

    [Fact]
    public void A_token_is_preferred_to_a_password()
    {
        Assert.Equal("https://a/t", Find("Basic realm=\"x\"", "Bearer realm=\"https://a/t\"")?.Realm?.ToString());
        Assert.Null(Find("Basic realm=\"x\"")!.Realm);
    }

    private static Challenge? Find(params string[] headers)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", headers);
        return Challenge.Find(response);
    }
}
