// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Http;
using Xunit;

namespace Kiln.Tests.Http;

public sealed class ProxyRulesTests
{
    [Theory]
    [InlineData("https_proxy", "http://p:3128", "https://h.io/", "http://p:3128/")]
    [InlineData("HTTPS_PROXY", "p:3128", "https://h.io/", "http://p:3128/")]
    [InlineData("http_proxy", "http://p:3128", "https://h.io/", null)]
    [InlineData("HTTP_PROXY", "http://p:3128", "http://h.io/", "http://p:3128/")]
    [InlineData("ALL_PROXY", "socks5://p:1080", "https://h.io/", "socks5://p:1080/")]
    [InlineData("https_proxy", "http://p:3128", "https://localhost:5000/", null)]
    [InlineData("https_proxy", "http://p:3128", "https://127.0.0.2/", null)]
    [InlineData("https_proxy", "http://p:3128", "https://[::1]:5000/", null)]
    public void A_variable_in_either_case_names_the_proxy(string variable, string value, string url, string? expected) =>
        Assert.Equal(expected, Read((variable, value))?.GetProxy(new Uri(url))?.AbsoluteUri);

    [Theory]
    [InlineData("h.io", "https://h.io/", true)]
    [InlineData("h.io", "https://x.h.io/", true)]
    [InlineData("h.io", "https://xh.io/", false)]
    [InlineData(".h.io", "https://x.h.io/", true)]
    [InlineData(".h.io", "https://h.io/", false)]
    [InlineData("*.h.io", "https://x.h.io/", true)]
    [InlineData("H.IO", "https://h.io/", true)]
    [InlineData("h.io:5000", "https://h.io:5000/", true)]
    [InlineData("h.io:5000", "https://h.io/", false)]
    [InlineData("h.io:443", "https://h.io/", true)]
    [InlineData("10.0.0.0/8", "https://10.1.2.3/", true)]
    [InlineData("10.9.9.9/8", "https://10.1.2.3:5000/", true)]
    [InlineData("10.0.0.0/8", "https://11.1.2.3/", false)]
    [InlineData("172.16.0.0/12", "https://172.31.255.255/", true)]
    [InlineData("10.1.2.3", "https://10.1.2.3/", true)]
    [InlineData("10.1.2.3:80", "https://10.1.2.3/", false)]
    [InlineData("fd00::/8", "https://[fd00::1]:5000/", true)]
    [InlineData("[fd00::1]:5000", "https://[fd00::1]:5000/", true)]
    [InlineData("fd00::1", "https://[fd00::1]/", true)]
    [InlineData("10.0.0.0/99", "https://10.1.2.3/", false)]
    [InlineData("*", "https://h.io/", true)]
    [InlineData("a, h.io ,b", "https://h.io/", true)]
    [InlineData("", "https://h.io/", false)]
    public void An_exception_goes_past_the_proxy(string exceptions, string url, bool expected)
    {
        Assert.Equal(expected, Read(("https_proxy", "http://p:3128"), ("NO_PROXY", exceptions))!.IsBypassed(new Uri(url)));
        Assert.Equal(expected, Read(("HTTPS_PROXY", "http://p:3128"), ("no_proxy", exceptions))!.IsBypassed(new Uri(url)));
    }

    [Fact]
    public void Lower_case_goes_before_upper_case() =>
        Assert.Equal("http://a/", Read(("https_proxy", "http://a"), ("HTTPS_PROXY", "http://b"))!.GetProxy(new Uri("https://h.io"))!.AbsoluteUri);

    [Fact]
    public void A_header_of_a_CGI_programs_client_is_no_proxy() => Assert.Null(Read(("HTTP_PROXY", "http://evil"), ("REQUEST_METHOD", "GET")));

    [Fact]
    public void A_password_is_for_its_own_proxy_alone()
    {
        ICredentials credentials = Read(("https_proxy", "http://us%40er:pa%3Ass@p:3128"), ("http_proxy", "http://q:3128"))!.Credentials!;

        NetworkCredential found = credentials.GetCredential(new Uri("http://p:3128"), "Basic")!;
        Assert.Equal(("us@er", "pa:ss"), (found.UserName, found.Password));
        Assert.Null(credentials.GetCredential(new Uri("http://q:3128"), "Basic"));
    }

    [Theory]
    [InlineData("ftp://user:secret@p")]
    [InlineData("http://user:secret@")]
    public void What_is_no_proxy_is_refused_without_its_value(string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read(("https_proxy", value)));

        Assert.Equal("https_proxy", error.Message);
    }

    private static ProxyRules? Read(params (string Name, string Value)[] variables) => ProxyRules.Read(
        variables.ToDictionary(variable => variable.Name, variable => variable.Value), name => new InvalidOperationException(name));
}
