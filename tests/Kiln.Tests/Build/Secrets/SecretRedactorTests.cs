// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Secrets;
using Xunit;

namespace Kiln.Tests.Build.Secrets;

public sealed class SecretRedactorTests
{
    [Theory]
    [InlineData("token is s3cret-value!", "token is ***!")]
    [InlineData("s3cret-values3cret-value", "******")]
    [InlineData("s3cret-valu and no more", "s3cret-valu and no more")]
    [InlineData("nothing at all", "nothing at all")]
    public void A_value_becomes_three_stars(string printed, string shown) => Assert.Equal(shown, Redact(Secrets.Of("s3cret-value\n"), printed));

    [Fact]
    public void A_value_that_comes_byte_by_byte_is_found_too() =>
        Assert.Equal("a***b", Redact(Secrets.Of("s3cret-value"), [.. "as3cret-valueb".Select(c => $"{c}")]));

    [Fact]
    public void A_beginning_that_goes_on_otherwise_is_shown_whole() =>
        Assert.Equal("s3cret-s3cret- ***", Redact(Secrets.Of("s3cret-value"), "s3cret-", "s3cret-", " s3cret-va", "lue"));

    [Theory]
    [InlineData("user:s3cret-value")]
    [InlineData("u:s3cret-value")]
    [InlineData("me:s3cret-value")]
    [InlineData("s3cret-value")]
    public void Base64_of_a_text_that_ends_with_the_value_does_not_tell_it(string text)
    {
        string shown = Redact(Secrets.Of("s3cret-value"), $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))} sent");

        Assert.StartsWith("Basic ", shown, StringComparison.Ordinal);
        Assert.Contains("***", shown, StringComparison.Ordinal);
        Assert.EndsWith(" sent", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_line_of_a_long_value_is_hidden() =>
        Assert.Equal("line: ***\n", Redact(Secrets.Of("first line of it\nsecond line of it\n"), "line: second line of it\n"));

    [Fact]
    public void A_value_of_seven_bytes_is_shown() => Assert.Equal("sesame!", Redact(Secrets.Of("sesame!"), "sesame!"));

    [Fact]
    public void Of_two_values_that_begin_alike_the_longer_is_hidden_whole() =>
        Assert.Equal("***.", Redact(Secrets.Of("password", "password-and-more"), "password-and-more."));

    private static string Redact(SecretPatterns secrets, params string[] pieces)
    {
        var shown = new StringBuilder();
        var redactor = new SecretRedactor(secrets, bytes => shown.Append(Encoding.UTF8.GetString(bytes)));
        foreach (string piece in pieces)
            redactor.Write(Encoding.UTF8.GetBytes(piece));
        redactor.Flush();
        return shown.ToString();
    }
}
