// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Lint;

namespace Kiln.Tests.Cli.Rendering;

/// <summary>Events as a build has them.</summary>
internal static class SampleBuild
{
    public const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static SourceText Source { get; } = new("Dockerfile", "FROM base AS build\nRUN make\nFROM base\nCOPY --from=build /a /a\nENV A=b\n") { Path = "/src/app/Dockerfile" };

    /// <summary>Two stages beside each other, of every kind of event one; it ends well.</summary>
    public static IReadOnlyList<BuildEvent> Events =>
    [
        new Progress("resolving base"),
        new Notice(NoticeLevel.Info, "isolation: namespaces"),
        new Notice(NoticeLevel.Warning, "take care", Source.SpanOfLine(2)),
        new CheckFailed(new LintFinding(StageNameCasing.Rule, "Stage name 'Build' should be lowercase", Source.SpanOfLine(1))),
        Stage("build", 1),
        Step("build", 1, 1, "RUN make"),
        Stage("stage-1", 2),
        Step("stage-1", 1, 2, "COPY --from=build /a /a"),
        Output("build", 1, "made\n"),
        new TransfersMoved(new TransferState(1 << 20, 3 << 20, 5, 1)),
        Ended("build", 1, StepOutcome.Built, 1000),
        new StageEnded("build"),
        Ended("stage-1", 1, StepOutcome.Cached, 2000) with { Cache = "oci:/cache" },
        Step("stage-1", 2, 2, "ENV A=b"),
        Ended("stage-1", 2, StepOutcome.Metadata, null),
        new StageEnded("stage-1"),
        new BuildEnded(Digest, TimeSpan.FromSeconds(12.34), new TransferState(3 << 20, 3 << 20, 7 << 10, 0)),
        new ImagePublished("registry.example.com/app:1", Digest),
    ];

    public static StageStarted Stage(string name, int number) => new(name, $"FROM base AS {name}", number, 2);

    public static StepStarted Step(string stage, int number, int count, string title) => new(stage, title, number, count, Source.SpanOfLine(2));

    public static StepOutput Output(string stage, int step, string text) => new(stage, step, IsError: false, Encoding.UTF8.GetBytes(text));

    public static StepEnded Ended(string stage, int step, StepOutcome outcome, long? size) =>
        new(stage, step, TimeSpan.FromSeconds(1.5), outcome, size) { LayerDigest = size is null ? null : Digest };
}
