// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kiln.Build.Caching;
using Kiln.Build.Comparing;
using Kiln.Build.Events;
using Kiln.Build.Outlook;
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
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Kiln.Sandbox;
using Kiln.Store;

namespace Kiln.Build;

/// <summary>
/// A whole build: 1. parse, 2. resolve bases, plan and check, also whether the image may be pushed, 3. find the sandbox, if a step needs one, 4. carry out the stages, 5. put the image together,
/// 6. publish it. Nothing is named in a registry before everything is built; layers go there as they are made.
/// </summary>
public sealed class BuildExecutor(BuildServices services)
{
    public async Task<Image> RunAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        var lost = new LostLayers();
        while (true)
        {
            int known = lost.Count;
            try
            {
                return await RunAsync(request, lost, cancellationToken);
            }
            catch (BuildException) when (lost.Count > known && !cancellationToken.IsCancellationRequested)
            {
                services.Report(new Notice(NoticeLevel.Warning, "a layer that was found in the cache cannot be read: the build begins again without it"));
            }
        }
    }

    private async Task<Image> RunAsync(BuildRequest request, LostLayers lost, CancellationToken cancellationToken)
    {
        // What may yet turn out to differ is not sent while it is made.
        OutputOptions early = request.Reproducibility == Reproducibility.Checked ? request.Outputs with { NoPush = true } : request.Outputs;
        await using var uploads = new LayerUploads(services.Registry, early, services.Report, cancellationToken);
        try
        {
            // Who wants to know whether a step does the same twice does not want to hear what it once did.
            await using BuildCache? cache = services.Cache is { } stores && request.Reproducibility != Reproducibility.Checked
                ? new BuildCache(stores, lost, services.Report, cancellationToken)
                : null;
            return await RunAsync(request, uploads, cache, lost, uploads.Token);
        }
        // What went wrong because an upload had ended the build is not the cause.
        catch (Exception) when (uploads.HasFailed && !cancellationToken.IsCancellationRequested)
        {
            uploads.ThrowIfFailed();
            throw;
        }
    }

    private async Task<Image> RunAsync(BuildRequest request, LayerUploads uploads, BuildCache? cache, LostLayers lost, CancellationToken cancellationToken)
    {
        long began = services.Time.GetTimestamp();
        BuildOutcome built = await BuildAsync(request, uploads, cache, lost, cancellationToken);
        if (request.Reproducibility == Reproducibility.Checked)
            await BuildAgainAsync(built, request, uploads, lost, cancellationToken);
        // Step 6
        var published = new ConcurrentQueue<ImagePublished>();
        try
        {
            var files = new FileOutputWriter(services.StandardOutput, services.Time);
            var publisher = new ImagePublisher(services.Registry, uploads, services.Remotes.Uploads, files, services.Report, published);
            await publisher.PublishAsync(built.Image, built.Files, request.Outputs, cancellationToken);
            services.Report(new BuildEnded(built.Image.Digest.ToString(), services.Time.GetElapsedTime(began), built.Transfers));
        }
        finally
        {
            // The last word, also where another place refused the image.
            foreach (ImagePublished one in published)
                services.Report(one);
        }
        return built.Image;
    }

    private async Task<BuildOutcome> BuildAsync(BuildRequest request, LayerUploads uploads, BuildCache? cache, LostLayers lost, CancellationToken cancellationToken)
    {
        Action<BuildEvent> report = services.Report;
        // Steps 1 and 2
        using var remotes = new RemoteSources(services.Remotes, services.Work, report);
        (BuildPlan plan, ImageResolver images, LintLog _) = await PrepareAsync(request, request.Plan, remotes, lost, cancellationToken);
        remotes.Check(plan);
        new ReportWriter(request.Outputs.Reports, services.Remotes.Uploads).Check();
        FileOutputWriter.Check(request.Outputs.Files);
        EpochRule? epoch = EpochOf(plan, request);
        await using var arrivals = new BlobArrivals(new BlobStore(services.Work.Blobs), cancellationToken);
        var depot = new LayerDepot(services.Work, new IndexCache(services.CacheDirectory, why => report(new Notice(NoticeLevel.Debug, why))), arrivals, report);
        StageSchedule? schedule = null;
        using var sources = new SourceCatalog(request, depot, images, remotes, index => schedule!.GetAsync(index));
        // Step 3
        var isolation = new Lazy<Task<ChosenIsolation>>(() => FindIsolationAsync(plan, cancellationToken));
        var forecaster = new Forecaster(request, epoch, images, cache is null ? null : new FileParts(sources, images, remotes), cache, async () => (await isolation.Value).Rung);
        Task<Forecast> foreseeing = forecaster.RunAsync(plan, cancellationToken);
        await Task.WhenAll(CheckPushAsync(request.Outputs, cancellationToken), foreseeing);
        Forecast forecast = await foreseeing;
        ChosenIsolation? chosen = forecast.MayRun ? await isolation.Value : null;
        depot.TreeOptions = TreesFor(chosen);
        // Step 4
        var layers = new DeltaWriter(services.Work, request.Compression, request.Ignored, uploads);
        await using var transfers = new TransferReports(arrivals, uploads, services.Time, report);
        ImmutableArray<StagePlan> inImage = StageTasks.StagesInImage(plan);
        bool reads = inImage.Any(stage => forecast.StepsOf(stage).Any(step => step.Verdict is not (CacheVerdict.Metadata or CacheVerdict.Hit)));
        if (inImage[^1].Base is ImageSource root)
            depot.BeginUpload((await images.ResolveAsync(root, inImage[^1].FromSpan, cancellationToken)).Result.Stack, uploads, reads);
        var copies = new CopyStepRunner(layers, sources, new OwnerLookup(depot), services.Work);
        StageTasks? tasks = null;
        await using var running = schedule = new StageSchedule(request.Jobs, (index, token) => tasks!.CarryOutAsync(index, token), cancellationToken);
        StepRunners runners = MakeRunners(request, depot, layers, sources, copies, chosen);
        var stages = new StageExecutor(depot, runners, schedule, cache, forecaster.Keys, epoch, services.Time, report)
        {
            BeginUpload = layer => depot.BeginUpload(Stack.Empty.Push(layer), uploads, reads),
        };
        tasks = new StageTasks(plan, forecast, images, schedule, stages, copies, epoch, services.Time, report);
        StageResult built = await schedule.RunAsync(plan.Targets);
        // Step 5
        StageResult target = await PlainLayers.PackAsync(built, services.Work.Blobs, request.Compression, report, cancellationToken);
        Image image = ImageAssembly.Assemble(cache?.Complete(plan.Target.Config) ?? plan.Target.Config, target, request.Format ?? await FindFormatAsync(inImage[^1], target, images, cancellationToken), request.Annotations);
        // Beside the layers that are still on their way: nothing names it yet.
        uploads.BeginBase([image.Config], Task.FromResult);
        TargetFiles? files = request.Outputs.Files.Any(output => output.IsTree) ? await depot.OpenFilesAsync(target.Stack, "its files are an output", cancellationToken) : null;
        // What they send may still be arriving.
        await uploads.CompleteAsync();
        foreach (StackLayer unused in images.Layers.FindUnused())
            report(new Notice(NoticeLevel.Debug, $"layer {unused.Descriptor.Digest}: never needed"));
        return new BuildOutcome(plan, schedule.Results, image, files, transfers.State);
    }

    /// <summary>The media types of the base, as kaniko has it; Docker's where there is none. What those have no word for is OCI's.</summary>
    private static async Task<ImageFormat> FindFormatAsync(StagePlan first, StageResult target, ImageResolver images, CancellationToken cancellationToken)
    {
        Stack below = first.Base.IsImage ? (await images.ResolveAsync(first.Base, first.FromSpan, cancellationToken)).Result.Stack : Stack.Empty;
        return below.Layers.All(layer => layer.Descriptor.MediaType.IsDocker) && target.Stack.Layers.All(layer => layer.Descriptor.MediaType.Compression != LayerCompression.Zstd)
            ? ImageFormat.Docker
            : ImageFormat.Oci;
    }

    private TreeOptions TreesFor(ChosenIsolation? isolation) => new(
        isolation?.Records is { } records ? OwnerMap.KeptIn(records) : services.Owners, Merged: isolation is not { Overlay: true }, ContentOnly: isolation is null);

    /// <summary>
    /// The same build in another root directory, in which there is no cache, a second later: a step that writes the time of day writes another one.
    /// </summary>
    private async Task BuildAgainAsync(BuildOutcome first, BuildRequest request, LayerUploads uploads, LostLayers lost, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1.1), services.Time, cancellationToken);
        services.Report(new Notice(NoticeLevel.Info, "building a second time, without any cache, to compare"));
        string again = Path.Combine(services.Work.Scratch, "again");
        using WorkDirectory work = WorkDirectory.Open(again);
        BuildOutcome second = await new BuildExecutor(services with { Work = work, CacheDirectory = Path.Combine(again, "cache") }).BuildAsync(request, uploads, null, lost, cancellationToken);
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
        PlanOptions options = request.Plan with { AllStages = request.Plan.Target is null };
        using var remotes = new RemoteSources(services.Remotes, services.Work, services.Report);
        (BuildPlan _, ImageResolver _, LintLog lint) = await PrepareAsync(request, options, remotes, new LostLayers(), cancellationToken);
        return lint.Findings.Count;
    }

    /// <summary>What a build would do now: planned, checked and looked up as one, and nothing carried out.</summary>
    public async Task<PlanOutlook> ForeseeAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        using var remotes = new RemoteSources(services.Remotes, services.Work, services.Report);
        (BuildPlan plan, ImageResolver images, LintLog _) = await PrepareAsync(request, request.Plan, remotes, new LostLayers(), cancellationToken);
        remotes.Check(plan);
        await using var arrivals = new BlobArrivals(new BlobStore(services.Work.Blobs), cancellationToken);
        var indexes = new IndexCache(services.CacheDirectory, why => services.Report(new Notice(NoticeLevel.Debug, why)));
        var depot = new LayerDepot(services.Work, indexes, arrivals, services.Report);
        using var sources = new SourceCatalog(request, depot, images, remotes, _ => throw new System.Diagnostics.UnreachableException());
        await using BuildCache? cache = services.Cache is { } stores ? new BuildCache(stores, new LostLayers(), services.Report, cancellationToken) : null;
        var isolation = new Lazy<Task<ChosenIsolation>>(() => services.Isolation.ClimbAsync(cancellationToken));
        var forecaster = new Forecaster(
            request, EpochOf(plan, request), images, cache is null ? null : new FileParts(sources, images, remotes), cache, async () => (await isolation.Value).Rung);
        Forecast forecast = await forecaster.RunAsync(plan, cancellationToken);
        var stacks = new Dictionary<SourceReference, Stack>();
        foreach ((SourceReference source, SourceSpan span) in RemoteSources.Uses(plan).Where(use => use.Source.IsImage))
            stacks[source] = (await images.ResolveAsync(source, span, cancellationToken)).Result.Stack;
        return new OutlookMaker(plan, forecast, indexes, stacks).Make(forecast.MayRun ? await isolation.Value : null);
    }

    private async Task<(BuildPlan Plan, ImageResolver Images, LintLog Lint)> PrepareAsync(
        BuildRequest request, PlanOptions options, RemoteSources remotes, LostLayers lost, CancellationToken cancellationToken)
    {
        DockerfileDocument document = DockerfileParser.Parse(request.Dockerfile);
        ReportUnheeded(document.Directives);
        options = options with { IgnoreFile = request.IgnoreFile };
        if (SourceDateEpoch.FindSource(document, options) is { } timed)
            options = SourceDateEpoch.Resolve(options, await remotes.FindTimeAsync(timed, cancellationToken));
        LintLog lint = PlanLint.Begin(document, options);
        var images = new ImageResolver(services, request.Context, document.Stages.Select(s => s.From.StageName).OfType<string>(), lost);
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

    /// <summary>Docker's front ends, of whatever version, are what Kiln's own language is.</summary>
    private static bool IsDockersOwn(string syntax) =>
        ImageReference.TryParse(syntax, out ImageReference? reference) && reference is { IsDockerHub: true, Repository: "docker/dockerfile" or "docker/dockerfile-upstream" };

    private static async Task<BuildPlan> PlanAsync(
        DockerfileDocument document, PlanOptions options, LintLog lint, ImageResolver images, CancellationToken cancellationToken)
    {
        var planner = new BuildPlanner(document, options, lint);
        while (planner.FindMissingImages() is { Count: > 0 } missing)
        {
            // All at the same time; of several that are not there the first in the file is told.
            await Task.WhenAll(missing.Select(one => images.ResolveAsync(one.Image, one.Span, cancellationToken)));
            foreach ((SourceReference image, SourceSpan span) in missing)
                planner.Supply(image, (await images.ResolveAsync(image, span, cancellationToken)).Config);
        }
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
        if (MountNeeds.FindRefusal(step, chosen.Sandbox!) is { } refusal)
            throw DiagnosticRules.RungTooLow.Error($"`RUN` asks for more than the isolation of this machine gives: `{chosen.Rung.ToString().ToLowerInvariant()}` {refusal}", step.Span);
    }

    private StepRunners MakeRunners(
        BuildRequest request, LayerDepot depot, DeltaWriter layers, SourceCatalog sources, CopyStepRunner copies, ChosenIsolation? isolation)
    {
        RunStepRunner? runs = null;
        if (isolation?.Sandbox is { } sandbox)
        {
            IStepRoots roots = isolation.Overlay ? new OverlayStepRoots(depot, services.Work) : new MergedStepRoots(depot);
            var mounts = new MountPreparation(request, depot, sources, services.Work, sandbox.LendsSources, services.Time);
            runs = new RunStepRunner(layers, roots, mounts, new OwnerLookup(depot), sandbox, request);
        }
        return new StepRunners(copies, new WorkdirStepRunner(layers, new OwnerLookup(depot)), runs);
    }
}
