// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Kiln.Build.Stacks;
using Kiln.Build.Steps;
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Layers.Tar;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Build.Caching;

/// <summary>
/// Makes the definition keys of all steps of a plan before any is carried out: 1. the files of all steps are read at the same time, 2. the keys are chained, stage by stage.
/// </summary>
/// <param name="images">The layers of a stage's base.</param>
/// <param name="files">Reads what steps read; null where nothing is cached, and keys only have to tell the steps of one build apart.</param>
/// <param name="inputs">What else counts, by the stage's platform.</param>
internal sealed class KeyMaker(Func<StagePlan, Task<Stack>> images, FileParts? files, Func<Platform, StepInputs> inputs)
{
    /// <summary>Within one build a source is the same for all steps, so its number will do.</summary>
    private readonly Dictionary<SourceReference, int> _numbers = [];

    internal async Task<PlanKeys> MakeAsync(BuildPlan plan, CancellationToken cancellationToken)
    {
        // Step 1
        List<(BuildStep Step, Task<FoundParts> Parts)> steps =
            [.. plan.Stages.SelectMany(stage => stage.Steps).Where(step => step is not MetadataStep).Select(step => (step, FindFilesAsync(step, cancellationToken)))];
        List<(int Stage, Task<FoundParts> Parts)> bases =
            [.. plan.Stages.Where(ContextStart.IsOne).Select(stage => (stage.Index, FindFilesAsync(ContextStart.StepOf(stage), cancellationToken)))];
        await Task.WhenAll([.. steps.Select(step => step.Parts), .. bases.Select(start => start.Parts)]);
        // Step 2
        var found = new Dictionary<BuildStep, FoundParts>(ReferenceEqualityComparer.Instance);
        foreach ((BuildStep step, Task<FoundParts> parts) in steps)
            found[step] = await parts;
        var baseFiles = new Dictionary<int, FoundParts>();
        foreach ((int stage, Task<FoundParts> parts) in bases)
            baseFiles[stage] = await parts;
        var stages = ImmutableDictionary.CreateBuilder<int, StageKeys>();
        foreach (StagePlan stage in plan.Stages)
            stages[stage.Index] = await ChainAsync(stage, stages, found, baseFiles.GetValueOrDefault(stage.Index));
        return new PlanKeys(stages.ToImmutable());
    }

    /// <summary>The step's parts by content: the stages that it takes files from have been carried out, or are now.</summary>
    internal async Task<ImmutableArray<KeyPart>> FindContentAsync(StepKey key, StagePlan stage, CancellationToken cancellationToken) =>
        key.IsOfContent
            ? key.Parts
            : [.. StepParts.Of(key.Step, inputs(stage.Config.Platform)), .. (await files!.OfContentAsync(key.Step, cancellationToken)).Select(part => part.Part)];

    private async Task<StageKeys> ChainAsync(
        StagePlan stage, ImmutableDictionary<int, StageKeys>.Builder stages, Dictionary<BuildStep, FoundParts> found, FoundParts? baseFiles)
    {
        Digest EndOf(int index) => stages[index].End;

        Digest? content = baseFiles is { Obstacle: null } ? CacheKey.Of([.. baseFiles.Parts.Select(part => part.Part)]).Value : null;
        string? obstacle = baseFiles?.Obstacle;
        Digest below = stage.Base is StageSource parent ? EndOf(parent.Index) : await FindBaseAsync(stage, content);
        if (stage.Base is StageSource start)
            obstacle = stages[start.Index].Steps.LastOrDefault(step => step is not null)?.Obstacle;
        var keys = ImmutableArray.CreateBuilder<StepKey?>();
        foreach (BuildStep step in stage.Steps)
        {
            if (step is MetadataStep)
            {
                keys.Add(null);
                continue;
            }
            FoundParts read = found[step];
            obstacle ??= read.Obstacle;
            var key = new StepKey(step, below, [.. StepParts.Of(step, inputs(stage.Config.Platform)), .. read.Parts.Select(part => part.Resolve(EndOf))], obstacle);
            keys.Add(key);
            below = key.Definition.Value;
        }
        return new StageKeys(keys.ToImmutable(), below, content);
    }

    private async Task<Digest> FindBaseAsync(StagePlan stage, Digest? content)
    {
        using var writer = new KeyWriter("base");
        switch (stage.Base)
        {
            case ScratchSource:
                writer.Write("scratch");
                break;
            case { IsImage: true }:
                writer.Write((await images(stage)).Identity?.ToString() ?? "scratch");
                break;
            default:
                writer.Write($"files {content?.ToString() ?? NumberOf(stage.Base).ToString(CultureInfo.InvariantCulture)}");
                break;
        }
        return writer.Complete();
    }

    /// <summary>What cannot be read is told by the step, when it is carried out: it may never be.</summary>
    private async Task<FoundParts> FindFilesAsync(BuildStep step, CancellationToken cancellationToken)
    {
        if (files is null)
            return new FoundParts([.. SourcesOf(step)], null);
        try
        {
            return new FoundParts(await files.OfDefinitionAsync(step, cancellationToken), null);
        }
        catch (Exception e) when (e is BuildException or TarException or IOException or UnauthorizedAccessException)
        {
            return new FoundParts([], $"what it reads cannot be read: {e.Message}");
        }
    }

    private IEnumerable<FilePart> SourcesOf(BuildStep step)
    {
        IEnumerable<(SourceReference From, string Path)> sources = step switch
        {
            CopyStep copy => copy.Sources.Select(source => (source.From, source.Path)),
            RunStep run => run.Mounts.Select(mount => (mount.From ?? ScratchSource.Instance, mount.Source)),
            _ => [],
        };
        int count = 0;
        foreach ((SourceReference from, string path) in sources)
        {
            string number = count++.ToString(CultureInfo.InvariantCulture);
            yield return from is StageSource stage
                ? FilePart.OfStage($"from {number}", stage.Index)
                : FilePart.Of(KeyPart.Of($"from {number}", NumberOf(from).ToString(CultureInfo.InvariantCulture)));
            yield return FilePart.Of(KeyPart.Of($"path {number}", path));
        }
        if (step is CopyStep { Excludes: var excludes })
            for (int i = 0; i < excludes.Length; i++)
                yield return FilePart.Of(KeyPart.Of($"exclude {i.ToString(CultureInfo.InvariantCulture)}", excludes[i]));
    }

    private int NumberOf(SourceReference source)
    {
        lock (_numbers)
        {
            if (!_numbers.TryGetValue(source, out int number))
                _numbers[source] = number = _numbers.Count;
            return number;
        }
    }
}
