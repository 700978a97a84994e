// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Oci;

public class ImageConfigTests
{
    [Fact]
    public void A_configuration_is_written_byte_for_byte_as_buildkit_writes_it()
    {
        var config = new ImageConfig
        {
            Architecture = "arm",
            Variant = "v7",
            Os = "linux",
            Author = "a <a@b>",
            Created = Timestamp.Parse("2024-05-14T01:28:23.100Z"),
            Config = new ContainerConfig
            {
                Shell = ["/bin/sh", "-c"],
                Env = ["PATH=/bin", "X=\"&\u2028\u00e4\ud83d\ude00'+\""],
                ExposedPorts = StringMap.EmptySet.Add("80/tcp").Add("443/tcp"),
                Labels = StringMap.Empty.Add("b", "2").Add("a", "1").Add("B", "3"),
                Cmd = ["x"],
                ArgsEscaped = true,
                Healthcheck = new HealthcheckConfig { Test = ["NONE"], IntervalNanoseconds = 1_000_000_000, Retries = 3 },
            },
            History = [new HistoryEntry { CreatedBy = "ENV a=b", EmptyLayer = true, Comment = "buildkit.dockerfile.v0" }],
            RootFs = new RootFs { DiffIds = [Digest.Sha256("abc"u8)] },
        };

        Assert.Equal(Lines(
            """
            {"architecture":"arm","author":"a \u003ca@b\u003e","config":{"ExposedPorts":{"443/tcp":{},"80/tcp":{}},
            "Env":["PATH=/bin","X=\"\u0026\u2028AE:-)'+\""],"Cmd":["x"],
            "Labels":{"B":"3","a":"1","b":"2"},"ArgsEscaped":true,"Healthcheck":{"Test":["NONE"],"Interval":1000000000,"Retries":3},
            "Shell":["/bin/sh","-c"]},"created":"2024-05-14T01:28:23.1Z","history":[{"created_by":"ENV a=b",
            "comment":"buildkit.dockerfile.v0","empty_layer":true}],"os":"linux","rootfs":{"type":"layers","diff_ids":[
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"]},"variant":"v7"}
            """).Replace("AE", "\u00e4").Replace(":-)", "\ud83d\ude00"), Text(config));
    }

    [Fact]
    public void An_empty_configuration_still_has_what_is_always_there() => Assert.Equal(
        """{"config":{},"created":null,"history":[],"rootfs":{"type":"layers","diff_ids":[]}}""", Text(new ImageConfig()));

    [Fact]
    public void Unknown_members_are_kept_at_each_level_and_sorted_in_at_the_top()
    {
        string json = Lines(
            """
            {"architecture":"amd64","config":{"User":"u","MacAddress":"x"},"container":"c\u003c","created":null,"docker_version":"1.0",
            "history":[{"created_by":"x","note":[1,2.50]}],"os":"linux","rootfs":{"type":"layers","diff_ids":[],"z":{"a":null}}}
            """);

        Assert.Equal(json, Text(Parse(json)));
    }

    [Fact]
    public void What_is_null_or_missing_reads_as_empty()
    {
        ImageConfig config = Parse(
            """{"config":{"Env":null,"Cmd":null,"Labels":null,"Volumes":null,"Healthcheck":null},"history":null,"rootfs":{"diff_ids":null}}""");

        Assert.Empty(config.Config.Env);
        Assert.Empty(config.Config.Labels);
        Assert.Empty(config.Config.Volumes);
        Assert.Empty(config.History);
        Assert.Empty(config.RootFs.DiffIds);
        Assert.Equal("layers", config.RootFs.Type);
        Assert.Empty(Parse("""{"config":null,"rootfs":null}""").Config.OnBuild);
        Assert.Empty(Parse("{}").RootFs.DiffIds);
    }

    [Fact]
    public void An_edit_leaves_everything_else_as_it_was()
    {
        ImageConfig config = Parse("""{"x":1,"config":{"y":2,"Env":["A=1"]}}""");

        ImageConfig edited = config with { Config = config.Config with { Env = [.. config.Config.Env, "B=2"] } };

        Assert.Contains(@"""Env"":[""A=1"",""B=2""],""y"":2", Text(edited));
        Assert.EndsWith(@",""x"":1}", Text(edited));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"created":"yesterday"}""")]
    [InlineData("""{"rootfs":{"diff_ids":["nonsense"]}}""")]
    [InlineData("""{"config":{"Labels":{"a":1}}}""")]
    [InlineData("""{"config":{"Env":"A=1"}}""")]
    [InlineData("""{"os":"\ud800"}""")]
    public void A_malformed_configuration_is_an_error_of_the_image(string json)
    {
        var error = Assert.Throws<BuildException>(() => Parse(json));

        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
    }

    [Fact]
    public void An_unpaired_surrogate_in_an_unknown_member_is_an_error_of_the_image()
    {
        ImageConfig config = Parse("""{"x":"a\ud800b"}""");

        var error = Assert.Throws<BuildException>(() => Text(config));
        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
    }

    [Fact]
    public void The_platform_is_normalised_and_can_be_set()
    {
        ImageConfig config = Parse("""{"architecture":"arm64","variant":"v8","os":"linux"}""");

        Assert.Equal("linux/arm64", config.Platform.ToString());
        Assert.Equal("linux/arm/v6", config.For(new Platform("linux", "arm") { Variant = "v6" }).Platform.ToString());
    }

    private static string Lines(string text) => text.Replace("\n", "");

    private static ImageConfig Parse(string json) => ImageConfig.Parse(new RawDocument(MediaType.OciConfig, Encoding.UTF8.GetBytes(json)));

    private static string Text(ImageConfig config) => Encoding.UTF8.GetString(config.ToDocument(ImageFormat.Oci).Content.Span);
}
