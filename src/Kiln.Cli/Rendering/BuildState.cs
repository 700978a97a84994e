// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;

namespace Kiln.Cli.Rendering;

/// <summary>What a build has under way, and what came of the steps that are over: put together from its events, by whoever shows them.</summary>
internal sealed class BuildState(TimeProvider time) : IBuildEventVisitor
{
    private readonly List<StageStarted> _stages = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<RunningStep> _steps = [];
    private readonly List<FinishedStep> _finished = [];

    /// <summary>The stages that are under way.</summary>
    internal int StageCount => _stages.Count;

    /// <summary>The steps that are under way, in the order in which they began.</summary>
    internal IReadOnlyList<RunningStep> Steps => _steps;

    /// <summary>The steps that are over, in the Dockerfile's order. A build that begins again has each once.</summary>
    internal IReadOnlyList<FinishedStep> Finished =>
        [.. _finished.OrderBy(finished => _places.GetValueOrDefault(finished.Step.Stage)).ThenBy(finished => finished.Step.Number)];

    /// <summary>What has moved so far.</summary>
    internal TransferState Transfers { get; private set; }

    /// <summary>What else takes time, for people, and when it began; null once something else happened.</summary>
    internal (string Message, long Began)? Activity { get; private set; }

    private bool HasSeveralStages => _stages.Count > 1;

    /// <summary>Takes an event in and has it shown: what begins once it is under way, and what ends while it still is, so that whose it is can be asked.</summary>
    internal void Take(BuildEvent happened, IBuildEventVisitor show)
    {
        bool ends = happened is StepEnded or StageEnded;
        happened.Accept(ends ? show : this);
        happened.Accept(ends ? this : show);
    }

    /// <summary>Whose step it is, where that goes without saying not: several stages are under way, or were when it began, so that lines of others may stand between its own.</summary>
    internal string Of(string stage) => HasSeveralStages || _steps.Exists(step => step.SaysWhose && step.Step.Stage == stage) ? $"[{stage}] " : "";

    /// <summary>What takes so long, in one line; null where nothing is known to be under way.</summary>
    internal string? Describe()
    {
        List<string> parts = [.. _steps.Select(step => $"{Of(step.Step.Stage)}{step.Step.Number}/{step.Step.Count} {LineText.Clip(LineText.OneLine(step.Step.Title), 60)}, {LineText.Elapsed(time.GetElapsedTime(step.Began))}")];
        if (parts.Count == 0 && Activity is var (message, began))
            parts.Add($"{message}, {LineText.Elapsed(time.GetElapsedTime(began))}");
        if (Transfers.IsUnderWay)
            parts.Add(LineText.Moved(Transfers));
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    public void Visit(StageStarted stage)
    {
        _stages.Add(stage);
        _places[stage.Name] = stage.Number;
        Activity = null;
    }

    public void Visit(StageEnded stage) => _stages.RemoveAll(one => one.Name == stage.Name);

    public void Visit(StepStarted step)
    {
        _steps.Add(new RunningStep(step, time.GetTimestamp(), HasSeveralStages));
        Activity = null;
    }

    public void Visit(StepEnded step)
    {
        if (_steps.Find(running => IsOf(running.Step, step)) is not { } ended)
            return;
        _steps.Remove(ended);
        _finished.RemoveAll(finished => IsOf(finished.Step, step));
        _finished.Add(new FinishedStep(ended.Step, step));
    }

    public void Visit(StepOutput output)
    {
    }

    public void Visit(Progress progress) => Activity = (progress.Message, time.GetTimestamp());

    public void Visit(Notice notice)
    {
    }

    public void Visit(CheckFailed check)
    {
    }

    public void Visit(TransfersMoved transfers) => Transfers = transfers.State;

    public void Visit(BuildEnded build) => (Activity, Transfers) = (null, build.Transfers);

    public void Visit(ImagePublished image) => Activity = null;

    private static bool IsOf(StepStarted step, StepEnded end) => (step.Stage, step.Number) == (end.Stage, end.Number);
}
