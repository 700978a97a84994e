// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Comparing;
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Build.Roots;
using Kiln.Build.Stacks;
using Kiln.Build.Steps;
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Lint;
using Kiln.Dockerfile.Syntax;
using Kiln.Layers.Deltas;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Kiln.Sandbox;
using Kiln.Store;
using MountType = Kiln.Dockerfile.Instructions.MountType;

namespace Kiln.Build;

/// <summary>
/// A whole build: 1. parse, 2. resolve bases, plan and check, also whether the image may be pushed, 3. find the sandbox, if a step needs one, 4. carry out the stages, 5. put the image together,
/// 6. publish it. Nothing is named in a registry before everything is built; layers go there as they are made.
/// </summary>
public sealed class BuildExecutor(BuildServices services)
{
    public async Task<Image> RunAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        // What may yet turn out to differ is not sent while it is made.
        OutputOptions early = request.Reproducibility == Reproducibility.Checked ? request.Outputs with { NoPush = true } : request.Outputs;
        await using var uploads = new LayerUploads(services.Registry, early, services.Report, cancellationToken);
        try
        {
            return await RunAsync(request, uploads, uploads.Token);
        }
        // What went wrong because an upload had ended the build is not the cause.
        catch (Exception) when (uploads.HasFailed && !cancellationToken.IsCancellationRequested)
        {
            uploads.ThrowIfFailed();
            throw;
        }
    }

    private async Task<Image> RunAsync(BuildRequest request, LayerUploads uploads, CancellationToken cancellationToken)
    {
        BuildOutcome built = await BuildAsync(request, uploads, cancellationToken);
        if (request.Reproducibility == Reproducibility.Checked)
            await BuildAgainAsync(built, request, uploads, cancellationToken);
        // Step 6
        await new ImagePublisher(services.Registry, uploads, services.Remotes.Uploads, services.Time, services.Report).PublishAsync(built.Image, request.Outputs, cancellationToken);
        return built.Image;
    }

    private async Task<BuildOutcome> BuildAsync(BuildRequest request, LayerUploads uploads, CancellationToken cancellationToken)
    {
        Action<BuildEvent> report = services.Report;
        // Steps 1 and 2
        using var remotes = new RemoteSources(services.Remotes, services.Work, report);
        (BuildPlan plan, ImageResolver images, LintLog _) = await PrepareAsync(request, request.Plan, remotes, cancellationToken);
        remotes.Check(plan);
        new ReportWriter(request.Outputs.Reports, services.Remotes.Uploads).Check();
        await CheckPushAsync(request.Outputs, cancellationToken);
        EpochRule? epoch = EpochOf(plan, request);
        // Step 3
        ChosenIsolation? isolation = plan.Stages.Any(s => s.Steps.Any(step => step is RunStep))
            ? await FindIsolationAsync(plan, cancellationToken)
            : null;
        // Step 4
        OwnerMap owners = isolation?.Records is { } records ? OwnerMap.KeptIn(records) : services.Owners;
        var trees = new TreeOptions(owners, Merged: isolation is not { Overlay: true }, ContentOnly: isolation is null);
        await using var arrivals = new BlobArrivals(new BlobStore(services.Work.Blobs), cancellationToken);
        var indexes = new IndexCache(services.CacheDirectory, why => report(new Notice(NoticeLevel.Debug, why)));
        var depot = new LayerDepot(services.Work, trees, indexes, arrivals, report);
        var layers = new DeltaWriter(services.Work, request.Compression, uploads);
        await using var transfers = new TransferReports(arrivals, uploads, services.Time, report);
        ImmutableArray<StagePlan> inImage = StagesInImage(plan);
        if (inImage[^1].Base is ImageSource root)
            depot.BeginUpload(
                (await images.ResolveAsync(root, inImage[^1].FromSpan, cancellationToken)).Result.Stack,
                uploads,
                read: inImage.Any(stage => stage.Steps.Any(step => step is not MetadataStep)));
        var results = new Dictionary<int, StageResult>();
        using var sources = new SourceCatalog(request, depot, images, remotes, results);
        StageExecutor stages = MakeStageExecutor(request, depot, layers, sources, isolation);
        for (int i = 0; i < plan.Stages.Length; i++)
        {
            StagePlan stage = plan.Stages[i];
            report(new StageStarted(stage.Name, stage.Title, i + 1, plan.Stages.Length));
            StageResult start = await StartAsync(stage, inImage.Contains(stage), results, images, depot, layers, sources, epoch, cancellationToken);
            results[stage.Index] = await stages.RunAsync(stage, start, epoch, inImage.Contains(stage), isLast: i == plan.Stages.Length - 1, cancellationToken);
        }
        // What they send may still be arriving.
        await uploads.CompleteAsync();
        // Step 5
        StageResult target = await PlainLayers.PackAsync(results[plan.Target.Index], services.Work.Blobs, request.Compression, report, cancellationToken);
        Image image = ImageAssembly.Assemble(plan.Target.Config, target, request.Format, request.Annotations);
        foreach (StackLayer unused in images.Layers.FindUnused())
            report(new Notice(NoticeLevel.Debug, $"layer {unused.Descriptor.Digest}: never needed"));
        return new BuildOutcome(plan, results, image);
    }

    /// <summary>
    /// The same build in another root directory, in which there is no cache, a second later: a step that writes the time of day writes another one.
    /// </summary>
    private async Task BuildAgainAsync(BuildOutcome first, BuildRequest request, LayerUploads uploads, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1.1), services.Time, cancellationToken);
        services.Report(new Notice(NoticeLevel.Info, "building a second time, without any cache, to compare"));
        string again = Path.Combine(services.Work.Scratch, "again");
        using WorkDirectory work = WorkDirectory.Open(again);
        BuildOutcome second = await new BuildExecutor(services with { Work = work, CacheDirectory = Path.Combine(again, "cache") }).BuildAsync(request, uploads, cancellationToken);
        BuildComparison.RequireEqual(first, second, cancellationToken);
        services.Report(new Notice(NoticeLevel.Info, $"both builds gave {first.Image.Digest}"));
    }

    /// <summary>Whether the image may go where it shall go, before an hour is spent on it.</summary>
    private async Task CheckPushAsync(OutputOptions outputs, CancellationToken cancellationToken)
    {
        if (outputs.NoPush || outputs.SkipsPushCheck)
            return;
        ImageReference[] repositories = [.. outputs.Destinations.DistinctBy(destination => destination.Name)];
        await Task.WhenAll(repositories.Select(repository => services.Registry.CheckPushAsync(repository, cancellationToken)));
    }

    private static EpochRule? EpochOf(BuildPlan plan, BuildRequest request)
    {
        bool all = request.Reproducibility != Reproducibility.Unasked;
        long? seconds = plan.SourceDateEpoch ?? request.SourceDateEpoch ?? (all ? 0 : null);
        return seconds is { } epoch ? new EpochRule(new UnixTime(epoch), all) : null;
    }

    /// <summary>
    /// A build up to the plan, whose checks it reports; where no target is named, all stages are looked at. Returns how many things were found.
    /// </summary>
    public async Task<int> CheckAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        PlanOptions options = request.Plan with { AllStages = string.IsNullOrEmpty(request.Plan.Target) };
        using var remotes = new RemoteSources(services.Remotes, services.Work, services.Report);
        (BuildPlan _, ImageResolver _, LintLog lint) = await PrepareAsync(request, options, remotes, cancellationToken);
        return lint.Findings.Count;
    }

    private async Task<(BuildPlan Plan, ImageResolver Images, LintLog Lint)> PrepareAsync(
        BuildRequest request, PlanOptions options, RemoteSources remotes, CancellationToken cancellationToken)
    {
        DockerfileDocument document = DockerfileParser.Parse(request.Dockerfile);
        ReportUnheeded(document.Directives);
        options = options with { IgnoreFile = request.IgnoreFile };
        if (SourceDateEpoch.FindSource(document, options) is { } timed)
            options = SourceDateEpoch.Resolve(options, await remotes.FindTimeAsync(timed, cancellationToken));
        LintLog lint = PlanLint.Begin(document, options);
        var images = new ImageResolver(services.Registry, services.Work, request.Context, document.Stages.Select(s => s.From.StageName).OfType<string>(), services.Report);
        BuildPlan plan;
        try
        {
            plan = await PlanAsync(document, options, lint, images, cancellationToken);
        }
        finally
        {
            // Also where the plan fails: what was found until then may say why.
            foreach (LintFinding finding in lint.Findings)
                services.Report(new CheckFailed(finding));
        }
        return PlanLint.FindViolation(lint) is { } violation ? throw violation : (plan, images, lint);
    }

    /// <summary>What the top of the file asks for, or seems to ask for, and does not get.</summary>
    private void ReportUnheeded(ParserDirectives directives)
    {
        if (directives.Syntax is { } syntax && !IsDockersOwn(syntax))
            services.Report(new Notice(
                NoticeLevel.Warning, $"the directive `# syntax={syntax}` is not followed: Kiln understands Docker's own language only"));
        if (directives.Misspelt is { } misspelt)
            services.Report(new Notice(
                NoticeLevel.Warning, $"`# {misspelt.Name}=` is a comment, and no directive below it counts: was `# {misspelt.Meant}=` meant?", misspelt.Span));
    }

    /// <summary>The stages whose layers the image has: the target, what it starts from, and so on down.</summary>
    private static ImmutableArray<StagePlan> StagesInImage(BuildPlan plan)
    {
        var chain = ImmutableArray.Create(plan.Target);
        while (chain[^1].Base is StageSource below)
            chain = chain.Add(plan.Stages.First(s => s.Index == below.Index));
        return chain;
    }

    /// <summary>Docker's front ends, of whatever version, are what Kiln's own language is.</summary>
    private static bool IsDockersOwn(string syntax) =>
        ImageReference.TryParse(syntax, out ImageReference? reference) && reference is { IsDockerHub: true, Repository: "docker/dockerfile" or "docker/dockerfile-upstream" };

    private static async Task<BuildPlan> PlanAsync(
        DockerfileDocument document, PlanOptions options, LintLog lint, ImageResolver images, CancellationToken cancellationToken)
    {
        var planner = new BuildPlanner(document, options, lint);
        while (planner.FindMissingImages() is { Count: > 0 } missing)
            foreach ((SourceReference image, SourceSpan span) in missing)
                planner.Supply(image, (await images.ResolveAsync(image, span, cancellationToken)).Config);
        return planner.Complete();
    }

    private async Task<ChosenIsolation> FindIsolationAsync(BuildPlan plan, CancellationToken cancellationToken)
    {
        ChosenIsolation chosen = await services.Isolation.ClimbAsync(cancellationToken);
        string why = chosen.WhyNotBetter is null ? "" : $" ({chosen.WhyNotBetter})";
        services.Report(new Notice(NoticeLevel.Info, $"isolation: {chosen.Rung.ToString().ToLowerInvariant()}{why}"));
        if (chosen.Sandbox is not null)
        {
            foreach (RunStep step in plan.Stages.SelectMany(s => s.Steps).OfType<RunStep>())
                CheckCarriedOut(step, chosen);
            return chosen;
        }
        BuildStep run = plan.Stages.SelectMany(s => s.Steps).First(s => s is RunStep);
        throw DiagnosticRules.NoSandbox.Error(
            $"`RUN` cannot be isolated from the builder here: {chosen.WhyNotBetter ?? "--isolation=none"}", run.Span);
    }

    /// <summary>Before anything is built, not after an hour.</summary>
    private static void CheckCarriedOut(RunStep step, ChosenIsolation chosen)
    {
        bool sharesSource = step.Mounts.Where(mount => mount.Type == MountType.Cache).GroupBy(mount => (mount.Id, mount.From, mount.From is null ? null : mount.Source)).Any(same => same.Skip(1).Any());
        if (chosen.Sandbox!.FindRefusal([.. step.Mounts.Where(mount => mount.Target is not null).Select(mount => UnixPath.Clean(mount.Target!))], sharesSource) is { } refusal)
            throw DiagnosticRules.RungTooLow.Error($"`RUN` asks for more than the isolation of this machine gives: `{chosen.Rung.ToString().ToLowerInvariant()}` {refusal}", step.Span);
    }

    private StageExecutor MakeStageExecutor(
        BuildRequest request, LayerDepot depot, DeltaWriter layers, SourceCatalog sources, ChosenIsolation? isolation)
    {
        var owners = new OwnerLookup(depot);
        RunStepRunner? runs = null;
        if (isolation?.Sandbox is { } sandbox)
        {
            IStepRoots roots = isolation.Overlay ? new OverlayStepRoots(depot, services.Work) : new MergedStepRoots(depot);
            var mounts = new MountPreparation(request, depot, sources, services.Work, sandbox.LendsSources, services.Time);
            runs = new RunStepRunner(layers, roots, mounts, sandbox, request);
        }
        var copies = new CopyStepRunner(layers, sources, owners, services.Work);
        return new StageExecutor(depot, copies, new WorkdirStepRunner(layers, owners), runs, services.Time, services.Report);
    }

    private async Task<StageResult> StartAsync(
        StagePlan stage,
        bool inImage,
        Dictionary<int, StageResult> results,
        ImageResolver images,
        LayerDepot depot,
        DeltaWriter layers,
        SourceCatalog sources,
        EpochRule? epoch,
        CancellationToken cancellationToken) =>
        stage.Base switch
        {
            StageSource parent => results[parent.Index],
            ScratchSource => StageResult.Nothing,
            { IsImage: true } => (await images.ResolveAsync(stage.Base, stage.FromSpan, cancellationToken)).Result,
            _ => await CopyContextAsync(stage, inImage, depot, layers, sources, epoch, cancellationToken),
        };

    /// <summary>A directory, archive or repository as base: its files are one layer, as if they had been copied into nothing.</summary>
    private async Task<StageResult> CopyContextAsync(
        StagePlan stage,
        bool inImage,
        LayerDepot depot,
        DeltaWriter layers,
        SourceCatalog sources,
        EpochRule? epoch,
        CancellationToken cancellationToken)
    {
        var step = new CopyStep
        {
            Span = stage.FromSpan,
            Title = stage.Title,
            CreatedBy = "",
            Sources = [new CopySource(stage.Base, "/", stage.FromSpan)],
            Destination = "/",
        };
        UnixTime now = epoch?.Epoch ?? UnixTime.From(services.Time.GetUtcNow());
        var context = new StepContext(
            Stack.Empty, new Layers.Indexes.StackView(), now, epoch, stage.Config.Platform, inImage, $"line {stage.FromSpan.Line} starts from it", services.Report);
        StackLayer layer = await new CopyStepRunner(layers, sources, new OwnerLookup(depot), services.Work).RunAsync(step, context, cancellationToken);
        return new StageResult(Stack.Empty.Push(layer), []);
    }
}
