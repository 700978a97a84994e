// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;
using Kiln.Planning.Stages;
using Kiln.Planning.Steps;

namespace Kiln.Planning;

/// <summary>
/// SOURCE_DATE_EPOCH: a build argument, else the default of an `ARG` before the first `FROM`. It is a number of seconds, or names something remote that
/// has a time: `context`, a named context, or a stage that is one `ADD` of a URL or repository.
/// </summary>
public static class SourceDateEpoch
{
    internal const string Name = "SOURCE_DATE_EPOCH";

    /// <summary>What has to be asked for its time before anything is planned; null where a number was given, or nothing.</summary>
    public static SourceReference? FindSource(DockerfileDocument document, PlanOptions options)
    {
        var globals = new GlobalScope(document, options);
        string? text = FindText(options, globals);
        if (string.IsNullOrEmpty(text) || TryParse(text, out _))
            return null;
        if (text == "context")
            return ContextSource.Instance;
        if (options.NamedContexts.Find(text, options.TargetPlatform) is { } named)
            return named is NamedContextSource or GitSource or ArchiveSource
                ? named
                : throw DiagnosticRules.InvalidEpoch.Error($"invalid SOURCE_DATE_EPOCH: {text}: an image has no time that counts");
        Stage stage = document.Stages.LastOrDefault(s => string.Equals(s.From.StageName, text, StringComparison.OrdinalIgnoreCase))
            ?? throw DiagnosticRules.InvalidEpoch.Error($"invalid SOURCE_DATE_EPOCH: {text}");
        Check(stage, new WordExpander(document.Directives.Escape).Expand(stage.From.BaseName, globals.Find, stage.From.Span).Text);
        return FindRemote(document, options, stage);
    }

    /// <summary>The options with a number in place of a name; where there is no time there is no epoch.</summary>
    public static PlanOptions Resolve(PlanOptions options, long? seconds) =>
        options with { BuildArgs = options.BuildArgs.Add(new(Name, seconds?.ToString(CultureInfo.InvariantCulture) ?? "")) };

    internal static string? FindText(PlanOptions options, GlobalScope globals) => options.FindBuildArg(Name) ?? globals.Find(Name);

    internal static bool TryParse(string text, out long seconds) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seconds);

    private static void Check(Stage stage, string start)
    {
        if (start != "scratch")
            throw DiagnosticRules.InvalidEpoch.Error("SOURCE_DATE_EPOCH stage must use FROM scratch", stage.From.Span);
        if (stage.Instructions.FirstOrDefault(i => i is not (ArgInstruction or AddInstruction)) is { } other)
            throw DiagnosticRules.InvalidEpoch.Error(
                $"SOURCE_DATE_EPOCH stage \"{stage.From.StageName}\" does not meet source-only requirements: unsupported {other.Origin.Word.ToUpperInvariant()} instruction",
                other.Span);
        if (stage.Instructions.OfType<AddInstruction>().ToList() is not [var add])
            throw DiagnosticRules.InvalidEpoch.Error("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD", stage.From.Span);
        if (add.Sources.Paths.Count != 1 || add.Sources.Heredocs.Count > 0)
            throw DiagnosticRules.InvalidEpoch.Error("SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source", add.Span);
    }

    /// <summary>The stage is planned alone, so that its `ARG`s count in its `ADD`.</summary>
    private static SourceReference FindRemote(DockerfileDocument document, PlanOptions options, Stage stage)
    {
        PlanOptions alone = Resolve(options, null) with { Target = stage.From.StageName, AllStages = false };
        BuildPlan plan = new BuildPlanner(document, alone, PlanLint.Begin(document, alone)).Complete();
        CopySource source = plan.Target.Steps.OfType<CopyStep>().Single().Sources.Single();
        return source.IsRemote
            ? source.From
            : throw DiagnosticRules.InvalidEpoch.Error("SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD", source.Span);
    }
}
