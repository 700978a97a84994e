// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Build.Roots;
using Kiln.Build.Secrets;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Layers.Deltas;
using Kiln.Linux;
using Kiln.Oci;
using Kiln.Planning.Steps;
using Kiln.Sandbox;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Results;

namespace Kiln.Build.Steps;

/// <summary>Carries out `RUN`: puts the stack on disk, runs, and turns what changed into a layer.</summary>
internal sealed class RunStepRunner(
    DeltaWriter layers, IStepRoots roots, MountPreparation mounts, OwnerLookup owners, ISandbox sandbox, BuildRequest build)
{
    /// <summary>BuildKit's name for the machine that a step runs on.</summary>
    private const string HostName = "buildkitsandbox";

    /// <summary>The status of a program that is there but cannot be executed.</summary>
    private const int CannotExecute = 126;

    /// <summary>The status of timeout(1).</summary>
    private const int TimedOut = 124;

    private const int Kill = 9;
    private const int BadSystemCall = 31;

    private const string Refused = "SIGSYS: a program of it made a system call that Kiln's filter ends programs for, as those of 32-bit programs";

    internal async Task<StackLayer> RunAsync(RunStep step, StepContext context, CancellationToken cancellationToken)
    {
        using StepRoot root = await roots.OpenAsync(context, cancellationToken);
        using PreparedMounts prepared = await mounts.PrepareAsync(step, cancellationToken);
        var request = new RunRequest
        {
            Root = root.Root,
            Arguments = step.Arguments,
            Environment = [.. step.Environment, .. step.Proxies, .. prepared.Environment],
            WorkingDirectory = UnixPath.Clean(step.WorkingDirectory),
            User = step.NumbersAreGroups ? await owners.NameGroupAsync(step.User, context, cancellationToken) : step.User,
            Network = step.Network == Dockerfile.Instructions.RunNetwork.None ? RunNetwork.None : RunNetwork.Host,
            AllowsMetadata = build.AllowsMetadata,
            HostName = HostName,
            Mounts = [NameFiles.Hosts(HostName, []), NameFiles.Resolver(build.ResolverConfiguration), .. prepared.Mounts],
        };
        MemoryKills before = MemoryKills.Read();
        RunResult result = await RunLimitedAsync(request, step, prepared.Secrets, context, cancellationToken);
        TellOfMetadata(result, step, context);
        Check(result, step, context, MemoryKills.Read() is var now && now.Count > before.Count ? now : null);
        LayerDelta delta = await root.FindChangesAsync(result.Moved, cancellationToken);
        // A tree that has more than the layer would show later steps what they do not see where the layer comes from a cache.
        bool isWhole = !build.Ignored.RemoveFrom(delta);
        Task<StackLayer> written = layers.WriteAsync(delta, context.View, context with { Scan = new LayerScan(prepared.Secrets) }, cancellationToken);
        // The end of the build would do it too, with nothing else to do meanwhile.
        await Task.WhenAll(written, context.IsLast ? Task.Run(root.RemoveBelow, CancellationToken.None) : Task.CompletedTask);
        StackLayer layer = await written;
        if (isWhole)
            root.Keep(layer);
        return layer;
    }

    private async Task<RunResult> RunLimitedAsync(
        RunRequest request, RunStep step, SecretPatterns secrets, StepContext context, CancellationToken cancellationToken)
    {
        var output = new SecretRedactor(secrets, bytes => context.Report(new StepOutput(context.Stage, context.Number, IsError: false, bytes.ToArray())));
        var error = new SecretRedactor(secrets, bytes => context.Report(new StepOutput(context.Stage, context.Number, IsError: true, bytes.ToArray())));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (build.RunTimeout is { } longest)
            limit.CancelAfter(longest);
        try
        {
            return await sandbox.RunAsync(request, (stream, bytes) => (stream == OutputStream.Error ? error : output).Write(bytes), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BuildException(DiagnosticRules.StepTimedOut.At(
                step.Span, $"process \"{string.Join(' ', step.Arguments)}\" was ended after {build.RunTimeout!.Value.TotalSeconds:0.###} s, which `--run-timeout` allows")) { ExitStatus = TimedOut };
        }
        finally
        {
            output.Flush();
            error.Flush();
        }
    }

    private static void TellOfMetadata(RunResult result, RunStep step, StepContext context)
    {
        if (result.RefusedMetadata is { } address)
            context.Report(new Notice(NoticeLevel.Warning, $"cloud metadata at {address} was refused to this step; `--allow-metadata` permits it", step.Span));
        if (result.MetadataOpen)
            context.Report(new Notice(NoticeLevel.Warning, "cloud metadata is open to this step: the kernel, or a supervisor above Kiln, takes no filter that could shut it", step.Span));
    }

    private static string ForeignPlatform(NotStarted failed, Platform platform) =>
        failed.Code == CannotExecute ? $"; the stage is for {platform}, and Kiln does not emulate other processors" : "";

    /// <param name="kills">Where the kernel killed a process for want of memory meanwhile.</param>
    private void Check(RunResult result, RunStep step, StepContext context, MemoryKills? kills)
    {
        (int status, string? hint) = result switch
        {
            Exited { Code: 128 + BadSystemCall } => (128 + BadSystemCall, $"the status is a shell's for {Refused}"),
            Exited exited => (exited.Code, null),
            Signaled { Signal: BadSystemCall } => (128 + BadSystemCall, $"it was ended by {Refused}"),
            Signaled { Signal: Kill } => (128 + Kill, "it was killed (SIGKILL), and not by Kiln"),
            Signaled signaled => (128 + signaled.Signal, $"it was ended by signal {signaled.Signal}"),
            NotStarted failed => (failed.Code, failed.Message + ForeignPlatform(failed, context.Platform)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (kills is not null)
            hint = $"memory ran out{(kills.Limit is { } bytes ? $" (the container may use {bytes >> 20} MiB)" : "")}, and the kernel killed a process of the step: give the builder more";
        if (status == 0)
        {
            if (hint is not null)
                context.Report(new Notice(NoticeLevel.Warning, hint, step.Span));
            return;
        }
        Diagnostic diagnostic = (kills is null ? DiagnosticRules.StepFailed : DiagnosticRules.StepOutOfMemory).At(
            step.Span, $"process \"{string.Join(' ', step.Arguments)}\" did not complete successfully: exit code: {status}", hint);
        throw new BuildException(diagnostic) { ExitStatus = result is Signaled && build.SignalStatus is { } signalled ? signalled : status };
    }
}
