// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Fetching;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>A context that came from elsewhere names nothing of this machine, whatever its links say.</summary>
public sealed class ContextLinksTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    public ContextLinksTests()
    {
        File.WriteAllText(Path.Combine(_directory, "secret"), "FROM secret");
        Directory.CreateDirectory(Path.Combine(_directory, "context", "docker"));
        Write("docker/real", "FROM scratch");
        Link("Dockerfile", "docker/real");
        Link("out", "../secret");
        Link("absolute", Path.Combine(_directory, "secret"));
        Link("up", "..");
        Link("rooted", "/docker");
        Link("loop", "loop");
        Link(".dockerignore", "/etc/hostname");
    }

    private FetchedContext Foreign => new(Path.Combine(_directory, "context"), IsForeign: true);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("rooted/real")]
    [InlineData("../docker/real")]
    public void A_Dockerfile_is_found_through_links_inside(string name)
    {
        var files = ContextFiles.Read(name, Foreign);

        Assert.Equal("FROM scratch", files.Dockerfile.Text);
        Assert.Null(files.IgnoreFile);
    }

    [Theory]
    [InlineData("out")]
    [InlineData("absolute")]
    [InlineData("up/secret")]
    [InlineData("../secret")]
    [InlineData("loop")]
    public void What_is_outside_is_not_there(string name)
    {
        Diagnostic refused = Assert.Throws<BuildException>(() => ContextFiles.Read(name, Foreign)).Diagnostic;

        Assert.Equal(DiagnosticRules.DockerfileNotFound, refused.Rule);
        Assert.Null(Foreign.FindFile(Path.Combine(_directory, "secret")));
    }

    [Theory]
    [InlineData("rooted", "docker")]
    [InlineData("/docker/", "docker")]
    [InlineData("", "")]
    public void A_directory_of_it_is_one_inside(string path, string found) =>
        Assert.Equal(Path.Combine(Foreign.Directory, found), Foreign.Enter(path, "it").Directory);

    [Theory]
    [InlineData("none")]
    [InlineData("Dockerfile")]
    [InlineData("loop")]
    public void A_directory_that_it_does_not_have_is_an_error(string path) => Assert.Equal(
        $"the build context `it` has no directory `{path}`", Assert.Throws<BuildException>(() => Foreign.Enter(path, "it")).Diagnostic.Message);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, "context", name), text);

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_directory, "context", name), target);
}
