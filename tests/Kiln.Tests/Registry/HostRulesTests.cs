// SPDX-License-Identifier: Apache-2.0
using Kiln.Http;
using Kiln.Registry;
using Kiln.Registry.Transport;
using Xunit;

namespace Kiln.Tests.Registry;

public class HostRulesTests
{
    [Theory]
    [InlineData("localhost", true, true)]
    [InlineData("localhost:5000", true, true)]
    [InlineData("registry.localhost", true, true)]
    [InlineData("127.0.0.1:5000", true, true)]
    [InlineData("127.9.9.9", true, true)]
    [InlineData("[::1]:5000", true, true)]
    [InlineData("10.1.2.3", false, true)]
    [InlineData("172.16.0.1:80", false, true)]
    [InlineData("172.31.0.1", false, true)]
    [InlineData("192.168.1.1", false, true)]
    [InlineData("registry.local:5000", false, true)]
    [InlineData("172.32.0.1", false, false)]
    [InlineData("192.169.1.1", false, false)]
    [InlineData("8.8.8.8", false, false)]
    [InlineData("ghcr.io", false, false)]
    [InlineData("localhost.example.com", false, false)]
    [InlineData("notlocal", false, false)]
    [InlineData("127.0.0.1.example.com", false, false)]
    public void A_host_is_this_machine_or_near_or_neither(string host, bool loopback, bool local) =>
        Assert.Equal((loopback, local), (HostRules.IsLoopback(host), HostRules.IsLocal(host)));

    [Theory]
    [InlineData("host", "https://host/v2/", true)]
    [InlineData("host", "http://HOST/v2/", true)]
    [InlineData("host:443", "https://host/v2/", true)]
    [InlineData("Host:5000", "http://host:5000/v2/", true)]
    [InlineData("[::1]:5000", "https://[::1]:5000/v2/", true)]
    [InlineData("docker.io", "https://registry-1.docker.io/v2/", true)]
    [InlineData("host", "https://host:8443/v2/", false)]
    [InlineData("host", "https://host.example.com/v2/", false)]
    [InlineData("host:5000", "https://host/v2/", false)]
    public void A_server_knows_its_own_addresses(string host, string uri, bool own) =>
        Assert.Equal(own, new RegistryEndpoint(host, "app").Owns(new Uri(uri)));

    [Fact]
    public void Secrets_in_addresses_are_left_out_of_messages() =>
        Assert.Equal("https://host:1/a/b", RedactedUri.Of(new Uri("https://user:secret@host:1/a/b?signature=secret#secret")));
}
