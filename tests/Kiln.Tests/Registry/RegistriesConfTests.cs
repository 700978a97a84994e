// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Hosts;
using Xunit;

namespace Kiln.Tests.Registry;

public sealed class RegistriesConfTests
{
    private const string Digest = "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("h.io/team/app:1", "h.io/team/app")]
    [InlineData("old.io/x/app:1", "new.io/y/x/app")]
    [InlineData("old.io/x/special:1", "h.io/special")]
    [InlineData("older.io/app:1", "older.io/app")]
    [InlineData("deep.wild.io/app:1", "proxy.io/wild/app")]
    [InlineData("wild.io/app:1", "wild.io/app")]
    [InlineData("debian:12", "mirror.io/hub/library/debian 127.0.0.1:5000/library/debian(insecure) docker.io/library/debian")]
    [InlineData("debian" + Digest, "mirror.io/hub/library/debian digests.io/library/debian docker.io/library/debian")]
    public void Mirrors_and_locations_take_the_prefixs_place(string image, string expected) => Assert.Equal(expected, Order(image, new RegistryOptions { UserAgent = "x" }));

    [Fact]
    public void Flags_come_before_the_file_and_the_registry_can_be_left_out()
    {
        var options = new RegistryOptions { UserAgent = "x", Mirrors = ["flag.io"], SkipDefaultRegistryFallback = true };

        Assert.Equal("flag.io/library/debian mirror.io/hub/library/debian 127.0.0.1:5000/library/debian(insecure)", Order("debian:12", options));
        Assert.Equal("h.io/app", Order("h.io/app", options));
    }

    [Fact]
    public void Any_registry_can_be_replaced_by_flag()
    {
        var options = new RegistryOptions { UserAgent = "x", Substitutes = [new RegistrySubstitute("quay.io", "m.io:5000/quay"), new RegistrySubstitute("quay.io", "n.io")] };

        Assert.Equal("m.io:5000/quay/a/b n.io/a/b quay.io/a/b", Order("quay.io/a/b:1", options));
    }

    [Fact]
    public void A_blocked_registry_is_asked_for_nothing()
    {
        var error = Assert.Throws<BuildException>(() => Order("blocked.io/app:1", new RegistryOptions { UserAgent = "x" }));

        Assert.Equal(DiagnosticRules.RegistryBlocked, error.Diagnostic.Rule);
        Assert.Equal("`blocked.io/app:1` is not asked for: `registries.conf` blocks `blocked.io`", error.Message);
    }

    [Theory]
    [InlineData("[[registry]]\nprefix = 3\n", "`prefix` is no string")]
    [InlineData("[[registry]]\ninsecure = \"yes\"\nlocation = \"h\"\n", "`insecure` is neither true nor false")]
    [InlineData("[[registry]]\n", "neither `prefix` nor `location`")]
    [InlineData("[[registry]]\nlocation = \"https://h.io\"\n", "has a scheme")]
    [InlineData("[[registry]]\nlocation = \"h\"\n[[registry.mirror]]\n", "has no `location`")]
    [InlineData("[[registry]]\nlocation=\"h\"\n[[registry.mirror]]\nlocation=\"m\"\npull-from-mirror=\"some\"\n", "`pull-from-mirror` is `some`")]
    [InlineData("[registries.search]\nregistries = []\n", "first version")]
    [InlineData("[registry]\nlocation = \"h\"\n", "`registry` is no list of tables")]
    [InlineData("registry = []\n[registry.r]\n", "`registry` is no table (line 2)")]
    [InlineData("a = \n", "a value is missing (line 1)")]
    [InlineData("\n\na = \"x\n", "a string is not closed (line 3)")]
    [InlineData("a = 1 b\n", "stands where the line should end (line 1)")]
    [InlineData("a = 1\na = 2\n", "`a` is there twice (line 2)")]
    [InlineData("a = 1.5\n", "neither a string in quotes")]
    [InlineData("a = \"\"\"x\"\"\"\n", "several lines")]
    public void A_file_that_cannot_be_used_says_why(string text, string why)
    {
        var error = Assert.Throws<BuildException>(() => RegistriesConf.Parse("/etc/r.conf", text));

        Assert.Equal(DiagnosticRules.RegistriesConfUnreadable, error.Diagnostic.Rule);
        Assert.StartsWith("`/etc/r.conf` ", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public void All_that_TOML_has_for_such_a_file_is_read()
    {
        RegistriesConf conf = RegistriesConf.Parse("r.conf", """
            unqualified-search-registries = [ "a.io", # comment
              'b.io', ]
            registry = [ { location = "in\u006Cine.io", mirror = [ { location = "m.io", insecure = true } ] } ]
            [aliases]
            "x/y" = "z.io/y"
            bare_key-1 = "z.io/bare"
            [other."quoted.key"]
            number = -1_000
            """);

        Assert.Equal(["a.io", "b.io"], conf.SearchRegistries);
        Assert.Equal(("inline.io", "m.io", true), (conf.Rules[0].Prefix, conf.Rules[0].Mirrors[0].Location, conf.Rules[0].Mirrors[0].IsInsecure));
        Assert.Equal("z.io/bare z.io/y", string.Join(' ', conf.Aliases.Values.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_later_file_replaces_what_it_names_again()
    {
        string directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "1.conf"), "[[registry]]\nlocation=\"a.io\"\nblocked=true\n[[registry]]\nlocation=\"b.io\"\n[aliases]\nx=\"a.io/x\"\ny=\"a.io/y\"\n");
            File.WriteAllText(Path.Combine(directory, "2.conf"), "[[registry]]\nlocation=\"a.io\"\n[aliases]\nx=\"\"\n");

            RegistriesConf conf = RegistriesConf.Read([Path.Combine(directory, "1.conf"), "/nowhere", Path.Combine(directory, "2.conf")]);

            Assert.Equal("b.io False, a.io False", string.Join(", ", conf.Rules.Select(rule => $"{rule.Prefix} {rule.IsBlocked}")));
            Assert.Equal("y", Assert.Single(conf.Aliases).Key);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Order(string image, RegistryOptions options)
    {
        RegistriesConf conf = RegistriesConf.Parse("r.conf", """
            [[registry]]
            prefix = "old.io/x"
            location = "new.io/y/x"
            [[registry]]
            prefix = "old.io/x/special"
            location = "h.io/special"
            [[registry]]
            prefix = "*.wild.io"
            location = "proxy.io/wild"
            [[registry]]
            location = "blocked.io"
            blocked = true
            [[registry]]
            prefix = "index.docker.io"
            location = "docker.io"
            [[registry.mirror]]
            location = "mirror.io/hub"
            [[registry.mirror]]
            location = "127.0.0.1:5000"
            insecure = true
            pull-from-mirror = "tag-only"
            [[registry.mirror]]
            location = "digests.io"
            pull-from-mirror = "digest-only"
            """);
        var choice = new HostChoice(options with { Rules = () => conf.Rules });
        return string.Join(' ', choice.EndpointsOf(ImageReference.Parse(image)).Select(endpoint => $"{endpoint}{(endpoint.IsInsecure ? "(insecure)" : "")}"));
    }
}
