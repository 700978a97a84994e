// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Instructions;
using Xunit;

namespace Kiln.Tests.Dockerfile;

/// <summary>Short ways to parse.</summary>
internal static class Source
{
    public static DockerfileDocument Parse(string text) => DockerfileParser.Parse(new SourceText("Dockerfile", text));

    /// <summary>The instructions behind `FROM a`.</summary>
    public static IReadOnlyList<Instruction> Instructions(string text) => Parse("FROM a\n" + text).Stages[0].Instructions;

    /// <summary>The only instruction behind `FROM a`.</summary>
    public static T Only<T>(string text)
        where T : Instruction => Assert.IsType<T>(Assert.Single(Instructions(text)));

    public static Diagnostic Error(string text) => Assert.Throws<BuildException>(() => Parse(text)).Diagnostic;

    /// <summary>The error of what stands behind `FROM a`.</summary>
    public static Diagnostic ErrorBelowFrom(string text) => Error("FROM a\n" + text);
}
