// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Ignore;
using Kiln.Dockerfile.Lint;
using Kiln.Oci;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;
using Kiln.Planning.Stages;

namespace Kiln.Planning;

/// <summary>
/// Plans a build without doing any I/O. What it cannot know is the configuration of base images: whoever plans asks for
/// <see cref="FindMissingImages"/>, fetches and supplies them, until none is missing (an ONBUILD trigger can add more), and then
/// completes the plan.
/// </summary>
public sealed class BuildPlanner
{
    private readonly DockerfileDocument _document;
    private readonly PlanOptions _options;
    private readonly GlobalScope _globals;
    private readonly StageGraph _graph;
    private readonly LintLog _lint;
    private readonly Dictionary<SourceReference, ImageConfig> _images = [];

    /// <param name="document">What is built.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="lint">Where findings go: those about the text and the `FROM`s at once, those about stages as they are planned.</param>
    public BuildPlanner(DockerfileDocument document, PlanOptions options, LintLog lint)
    {
        (_document, _options, _lint) = (document, options, lint);
        DocumentLint.Check(document, lint);
        InvalidDefaultArgInFrom.Check(document, options, lint);
        _globals = new GlobalScope(document, options);
        _graph = new StageGraph(document, options, _globals, lint);
    }

    /// <summary>
    /// The images of needed stages, bases and those that are copied from, whose configuration has not been supplied; each with the instruction that
    /// names it.
    /// </summary>
    public IReadOnlyList<(SourceReference Image, SourceSpan Span)> FindMissingImages() =>
        [.. _graph.FindReachable()
            .SelectMany(n => _graph.FindSources(n))
            .Where(s => s.Source.IsImage && !_images.ContainsKey(s.Source))
            .DistinctBy(s => s.Source)];

    public void Supply(SourceReference image, ImageConfig config)
    {
        _images[image] = config;
        foreach (StageNode node in _graph.Nodes.Where(n => !n.IsReplaced && n.Base.Equals(image)))
        {
            InvalidBaseImagePlatform.Check(node.Stage.From, node.BaseName, image.ImagePlatform!, config.Platform, _lint);
            node.Triggers = [.. config.Config.OnBuild.Select(t => DockerfileParser.ParseTrigger(t, node.Stage.From.Span))];
        }
    }

    /// <summary>
    /// The plan. A base image that was not supplied counts as an empty one, which is good for nothing but checks: a build has to supply all.
    /// </summary>
    public BuildPlan Complete()
    {
        var ignored = new Lazy<IgnoreMatcher?>(() => _options.IgnoreFile is { } file ? new IgnoreMatcher(IgnoreFile.Parse(file)) : null);
        var ends = new Dictionary<int, StageState>();
        var plans = new List<StagePlan>();
        StageNode? first = _options.Compatibility == Compatibility.Kaniko ? _graph.FirstInImage : null;
        foreach (StageNode node in _graph.FindReachable())
        {
            StageState state = Begin(node, ends);
            if (node == first)
                state.Config = WithLabels(state.Config);
            var planner = new StagePlanner(
                _options, _graph, _globals, node, state, new StageLint(_lint, state, ignored), _document.Directives.Escape);
            ImmutableArray<Steps.BuildStep> steps = planner.Run();
            ends[node.Stage.Index] = state;
            plans.Add(new StagePlan
            {
                Index = node.Stage.Index,
                Name = node.Name,
                Base = node.Base,
                Title = node.Stage.From.Origin.Text.Trim(),
                Steps = steps,
                Config = state.Image,
                FromSpan = node.Stage.From.Span,
            });
        }
        ImmutableArray<int> targets = [.. _graph.Targets.Select(node => node.Stage.Index)];
        int place = plans.FindIndex(plan => plan.Index == targets[0]);
        if (first is null)
            plans[place] = plans[place] with { Config = plans[place].Config with { Config = WithLabels(plans[place].Config.Config) } };
        return new BuildPlan([.. plans], targets, Epoch());
    }

    private ContainerConfig WithLabels(ContainerConfig config) => config with { Labels = config.Labels.SetItems(_options.Labels) };

    private StageState Begin(StageNode node, Dictionary<int, StageState> ends)
    {
        if (node.Base is StageSource parent)
            return new StageState(ends[parent.Index]);
        ImageConfig? image = node.Base.IsImage ? _images.GetValueOrDefault(node.Base) : null;
        ImageConfig config = image is null
            ? new ImageConfig { Config = new ContainerConfig { WorkingDir = "/" } }.For(_options.TargetPlatform)
            : new ImageConfig
            {
                // The known members and no others, as BuildKit does: what else an image said of itself is not true of its child.
                Architecture = image.Architecture,
                Author = image.Author,
                Config = Adopt(image.Config),
                History = image.History,
                Os = image.Os,
                OsFeatures = image.OsFeatures,
                OsVersion = image.OsVersion,
                RootFs = image.RootFs,
                Variant = image.Variant,
            };
        if (image is not null && node.Platform is { } platform)
            config = config.For(platform);
        return new StageState(config) { BaseIsUnseen = node.Base is ImageSource && image is null };
    }

    private static ContainerConfig Adopt(ContainerConfig config) => new()
    {
        User = config.User,
        ExposedPorts = config.ExposedPorts,
        Env = config.Env,
        Entrypoint = config.Entrypoint,
        Cmd = config.Cmd,
        Volumes = config.Volumes,
        WorkingDir = config.WorkingDir,
        Labels = config.Labels,
        StopSignal = config.StopSignal,
        ArgsEscaped = config.ArgsEscaped,
        Healthcheck = config.Healthcheck,
        Shell = config.Shell,
    };

    private long? Epoch()
    {
        string? text = SourceDateEpoch.FindText(_options, _globals);
        if (string.IsNullOrEmpty(text))
            return null;
        return SourceDateEpoch.TryParse(text, out long seconds) ? seconds : throw DiagnosticRules.InvalidEpoch.Error($"invalid SOURCE_DATE_EPOCH: {text}");
    }
}
