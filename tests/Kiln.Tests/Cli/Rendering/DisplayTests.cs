// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Live;
using Kiln.Cli.Rendering.Streams;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cli.Rendering;

/// <summary>How a build is shown, by flags and surroundings.</summary>
public sealed class DisplayTests
{
    [Theory]
    [InlineData("", "TERM=xterm", typeof(LiveRenderer))]
    [InlineData("", "TERM=xterm NO_COLOR=", typeof(LiveRenderer))]
    [InlineData("", "TERM=dumb", typeof(TextRenderer))]
    [InlineData("", "", typeof(TextRenderer))]
    [InlineData("", "TERM=xterm CI=true", typeof(TextRenderer))]
    [InlineData("", "TERM=xterm NO_COLOR=1", typeof(TextRenderer))]
    [InlineData("", "TERM=xterm BUILDKIT_PROGRESS=plain", typeof(TextRenderer))]
    [InlineData("--progress=tty", "CI=true NO_COLOR=1", typeof(LiveRenderer))]
    [InlineData("--progress=plain", "TERM=xterm BUILDKIT_PROGRESS=tty", typeof(TextRenderer))]
    [InlineData("--progress=rawjson", "TERM=xterm", typeof(EventStreamRenderer))]
    [InlineData("--progress=quiet", "TERM=xterm", typeof(QuietRenderer))]
    [InlineData("--progress=none", "TERM=xterm", typeof(QuietRenderer))]
    [InlineData("--log-format=text", "TERM=xterm", typeof(TextRenderer))]
    [InlineData("--log-format=color", "TERM=xterm", typeof(LiveRenderer))]
    [InlineData("--log-format=json", "TERM=xterm", typeof(JsonLogRenderer))]
    [InlineData("--log-format=json --progress=plain", "TERM=xterm", typeof(JsonLogRenderer))]
    public void On_a_terminal(string flags, string environment, Type renderer) => Assert.Equal(renderer, Open(flags, environment, isTerminal: true));

    [Theory]
    [InlineData("", typeof(TextRenderer))]
    [InlineData("--log-format=color", typeof(TextRenderer))]
    [InlineData("--progress=auto", typeof(TextRenderer))]
    public void Without_a_terminal(string flags, Type renderer) => Assert.Equal(renderer, Open(flags, "TERM=xterm", isTerminal: false));

    [Theory]
    [InlineData("--progress=tty", "needs a terminal")]
    [InlineData("--progress=fancy", "`--progress fancy` is no way to show a build")]
    [InlineData("--log-format=xml", "`--log-format xml` is no format")]
    [InlineData("--log-format=json --progress=rawjson", "contradict each other")]
    public void What_cannot_be_is_refused(string flags, string message) =>
        Assert.Contains(message, Assert.Throws<BuildException>(() => Open(flags, "", isTerminal: false)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--log-format=color", "", "\e[1;31merror")]
    [InlineData("--log-format=color", "NO_COLOR=1", "error KILN")]
    [InlineData("", "", "error KILN")]
    [InlineData("--log-timestamp", "", "1970-01-01T00:00:00Z error KILN")]
    [InlineData("--log-format=json", "", "{\"level\":\"error\",\"msg\":\"no\",\"time\":\"1970-01-01T00:00:00Z\"")]
    public void An_error_looks_like_the_rest_of_the_log(string flags, string environment, string begins)
    {
        var error = new MemoryStream();
        using var display = new Display(Surroundings(environment, isTerminal: false) with { Error = () => error }, new ManualTime { Start = DateTimeOffset.UnixEpoch });
        display.OpenBuild(CommandLines.Read([.. flags.Split(' ')]));

        display.Fail([DiagnosticRules.StepFailed.At(null, "no")]);

        Assert.StartsWith(begins, System.Text.Encoding.UTF8.GetString(error.ToArray()), StringComparison.Ordinal);
    }

    private static Type Open(string flags, string environment, bool isTerminal)
    {
        Surface surface = Surroundings(environment, isTerminal);
        using var display = new Display(surface, new ManualTime());
        BuildArguments arguments = CommandLines.Read(new Dictionary<string, string>(surface.Environment), [.. flags.Split(' ')]);
        return display.OpenBuild(arguments).GetType();
    }

    private static Surface Surroundings(string environment, bool isTerminal) => new(
        () => new MemoryStream(),
        () => new MemoryStream(),
        isTerminal,
        isTerminal,
        environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]),
        "/src");
}
