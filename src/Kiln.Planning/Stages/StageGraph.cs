// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Oci;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;

namespace Kiln.Planning.Stages;

/// <summary>
/// Which stage needs which. All names and platforms are understood here, for every stage of the file, also those that the target
/// does not need: a misspelt stage is an error wherever it stands.
/// </summary>
internal sealed class StageGraph
{
    private readonly PlanOptions _options;
    private readonly WordExpander _expander;
    private readonly LintLog _lint;
    private readonly List<StageNode> _nodes = [];

    internal StageGraph(DockerfileDocument document, PlanOptions options, GlobalScope globals, LintLog lint)
    {
        (_options, _lint) = (options, lint);
        _expander = new WordExpander(document.Directives.Escape);
        foreach (Stage stage in document.Stages)
            _nodes.Add(MakeNode(stage, globals));
        Targets = string.IsNullOrEmpty(options.Target) ? [_nodes[^1]] : [.. options.OtherTargets.Prepend(options.Target).Select(FindTarget).Distinct()];
        var states = new Dictionary<StageNode, bool>();
        foreach (StageNode node in _nodes)
            Visit(node, states);
    }

    internal IReadOnlyList<StageNode> Nodes => _nodes;

    /// <summary>What is asked for, the image's stage first.</summary>
    internal IReadOnlyList<StageNode> Targets { get; }

    /// <summary>The lowest stage that the image is made of.</summary>
    internal StageNode FirstInImage
    {
        get
        {
            StageNode first = Targets[0];
            while (first.Base is StageSource below)
                first = _nodes[below.Index];
            return first;
        }
    }

    /// <summary>The stages that the targets need as far as is known, in the order of the file.</summary>
    internal IReadOnlyList<StageNode> FindReachable()
    {
        if (_options.AllStages)
            return _nodes;
        var states = new Dictionary<StageNode, bool>();
        foreach (StageNode target in Targets)
            Visit(target, states);
        return [.. _nodes.Where(states.ContainsKey)];
    }

    /// <summary>What a stage takes files from, its base first; each with the place that says so.</summary>
    internal IEnumerable<(SourceReference Source, SourceSpan Span)> FindSources(StageNode node) =>
        node.Instructions.SelectMany(FindSources).Prepend((node.Base, node.Stage.From.Origin.SpanOf(node.Stage.From.BaseName)));

    /// <summary>What an instruction takes files from besides the build context.</summary>
    private IReadOnlyList<(SourceReference Source, SourceSpan Span)> FindSources(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } copy when copy.Origin.SpanOf(from) is var span => [(ResolveCopyFrom(from, span), span)],
        RunInstruction run => [.. run.Mounts.Where(m => m.From is not null).Select(m => (ResolveMountFrom(m), m.Span))],
        _ => [],
    };

    internal SourceReference ResolveCopyFrom(string from, SourceSpan span)
    {
        if (_expander.Expand(from, _ => null, span).Text != from)
            throw DiagnosticRules.VariableInFrom.Error(
                "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround", span);
        if (int.TryParse(from, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
        {
            if (index < 0 || index >= _nodes.Count)
                throw DiagnosticRules.InvalidStageIndex.Error($"invalid stage index {index}", span, _nodes.Count == 1 ? "the only stage has the number 0" : $"write a number from 0 to {_nodes.Count - 1}, or a stage's name");
            return new StageSource(index);
        }
        return FindStage(from) is { } stage ? new StageSource(stage.Stage.Index) : ResolveOutside(from, span);
    }

    internal SourceReference ResolveMountFrom(RunMount mount) =>
        FindStage(mount.From!) is { } stage ? new StageSource(stage.Stage.Index) : ResolveOutside(mount.From!, mount.Span);

    /// <summary>The stage that a source is, if it stands below the one that takes from it: an error, but only where that stage is needed.</summary>
    internal StageNode? FindLaterStage(SourceReference source, StageNode node) =>
        source is StageSource stage && stage.Index > node.Stage.Index ? _nodes[stage.Index] : null;

    private StageNode MakeNode(Stage stage, GlobalScope globals)
    {
        FromInstruction from = stage.From;
        SourceSpan baseSpan = from.Origin.SpanOf(from.BaseName);
        ExpandedWord word = _expander.Expand(from.BaseName, globals.Find, baseSpan);
        UndefinedArgInFrom.Check(from, word, globals, _lint);
        string name = word.Text;
        if (string.IsNullOrWhiteSpace(name))
            throw DiagnosticRules.BlankBase.Error($"base name ({from.BaseName}) should not be blank", baseSpan);
        Platform? platform = from.Platform is null ? null : ParsePlatform(from, globals);

        if (from.StageName is { } stageName && _options.NamedContexts.Find(stageName, _options.TargetPlatform) is { } replacement)
            return new StageNode(stage, replacement, platform ?? _options.Platform) { BaseName = name, IsReplaced = true, Triggers = [] };
        if (name == "scratch")
            return new StageNode(stage, ScratchSource.Instance, _options.TargetPlatform) { BaseName = name, Triggers = [] };
        // Numbers are image names here, and the case of the letters counts.
        if (_nodes.FindLast(n => n.Stage.From.StageName == name) is { } parent)
            return new StageNode(stage, new StageSource(parent.Stage.Index), null) { BaseName = name, Triggers = TriggersOf(parent, from.Span) };
        SourceReference start = _options.NamedContexts.Find(name, platform ?? _options.TargetPlatform)
            ?? NamedContexts.FindInContext(name, platform ?? _options.TargetPlatform)
            ?? new ImageSource(ParseReference(name, baseSpan), platform ?? _options.TargetPlatform);
        return new StageNode(stage, start, platform ?? _options.Platform) { BaseName = name, Triggers = start.IsImage ? null : [] };
    }

    private static IReadOnlyList<Instruction> TriggersOf(StageNode parent, SourceSpan span) =>
        parent.IsReplaced ? []
        : [.. parent.Stage.Instructions.OfType<OnbuildInstruction>().Select(o => DockerfileParser.ParseTrigger(o.Trigger, span))];

    private Platform ParsePlatform(FromInstruction from, GlobalScope globals)
    {
        SourceSpan span = from.Origin.SpanOf(from.Platform!);
        ExpandedWord word = _expander.Expand(from.Platform!, globals.Find, span);
        UndefinedArgInFrom.Check(from, word, globals, _lint);
        RedundantTargetPlatform.Check(from, word, globals, _lint);
        if (word.Text.Length == 0)
            throw DiagnosticRules.InvalidPlatform.Error($"empty platform value from expression {from.Platform}", span);
        if (!Platform.TryParse(word.Text, _options.BuildPlatform, out Platform? platform))
            throw DiagnosticRules.InvalidPlatform.Error($"failed to parse platform {word.Text}: unknown operating system or architecture", span);
        FromPlatformFlagConstDisallowed.Check(from, word, platform, _lint);
        return platform;
    }

    private StageNode FindTarget(string name)
    {
        if (FindStage(name) is { } found)
            return found;
        string? near = Suggestion.Closest(name, _nodes.Select(n => n.Stage.From.StageName).OfType<string>());
        throw DiagnosticRules.UnknownTarget.Error(
            $"target stage \"{name}\" could not be found", hint: near is null ? HintForTarget() : $"did you mean `{near}`?");
    }

    private string? HintForTarget() =>
        _nodes.Select(node => node.Stage.From.StageName).OfType<string>().Take(10).ToList() is { Count: > 0 } names
            ? $"the stages are {string.Join(", ", names.Select(name => $"`{name}`"))}"
            : null;

    /// <summary>By name, in any case; of several the last in the file, even for those above it.</summary>
    private StageNode? FindStage(string name) =>
        _nodes.FindLast(n => string.Equals(n.Stage.From.StageName, name, StringComparison.OrdinalIgnoreCase));

    private SourceReference ResolveOutside(string name, SourceSpan span) =>
        name == "scratch" ? ScratchSource.Instance
        : _options.NamedContexts.Find(name, _options.TargetPlatform)
            ?? NamedContexts.FindInContext(name, _options.TargetPlatform)
            ?? new ImageSource(ParseReference(name, span), _options.TargetPlatform);

    private ImageReference ParseReference(string name, SourceSpan span)
    {
        if (ImageReference.TryParse(_options.ShortNames.Expand(name, span), out ImageReference? reference))
            return reference;
        string? near = Suggestion.Closest(name, _nodes.Select(n => n.Stage.From.StageName).OfType<string>());
        throw DiagnosticRules.InvalidReference.Error(
            $"failed to parse stage name \"{name}\": invalid reference format", span, near is null ? null : $"did you mean the stage `{near}`?");
    }

    private void Visit(StageNode node, Dictionary<StageNode, bool> states)
    {
        if (states.TryGetValue(node, out bool done))
        {
            if (!done)
                throw DiagnosticRules.CircularStages.Error($"circular dependency detected on stage: {node.Name}", node.Stage.From.Origin.ArgumentsSpan);
            return;
        }
        states[node] = false;
        foreach (StageSource source in FindSources(node).Select(s => s.Source).OfType<StageSource>())
            Visit(_nodes[source.Index], states);
        states[node] = true;
    }
}
