// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Build.Roots;
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
    DeltaWriter layers, IStepRoots roots, MountPreparation mounts, ISandbox sandbox, ReadOnlyMemory<byte> resolverConfiguration)
{
    /// <summary>BuildKit's name for the machine that a step runs on.</summary>
    private const string HostName = "buildkitsandbox";

    /// <summary>The status of a program that is there but cannot be executed.</summary>
    private const int CannotExecute = 126;

    internal async Task<StackLayer> RunAsync(RunStep step, StepContext context, CancellationToken cancellationToken)
    {
        using StepRoot root = await roots.OpenAsync(context, cancellationToken);
        using PreparedMounts prepared = await mounts.PrepareAsync(step, cancellationToken);
        var request = new RunRequest
        {
            Root = root.Root,
            Arguments = step.Arguments,
            Environment = [.. step.Environment, .. prepared.Environment],
            WorkingDirectory = UnixPath.Clean(step.WorkingDirectory),
            User = step.User,
            Network = step.Network == Dockerfile.Instructions.RunNetwork.None ? RunNetwork.None : RunNetwork.Host,
            HostName = HostName,
            Mounts = [NameFiles.Hosts(HostName, []), NameFiles.Resolver(resolverConfiguration), .. prepared.Mounts],
        };
        RunResult result = await sandbox.RunAsync(
            request,
            (stream, bytes) => context.Report(new StepOutput(stream == OutputStream.Error, bytes.ToArray())),
            cancellationToken);
        Check(result, step, context.Platform);
        LayerDelta delta = await Task.Run(() => root.FindChanges(cancellationToken), cancellationToken);
        StackLayer layer = await layers.WriteAsync(delta, context.View, context, cancellationToken);
        root.Keep(layer);
        return layer;
    }

    private static string ForeignPlatform(NotStarted failed, Platform platform) =>
        failed.Code == CannotExecute ? $"; the stage is for {platform}, and Kiln does not emulate other processors" : "";

    private static void Check(RunResult result, RunStep step, Platform platform)
    {
        (int status, string? hint) = result switch
        {
            Exited exited => (exited.Code, null),
            Signaled { Signal: 9 } => (128 + 9, "it was killed (SIGKILL): often for want of memory"),
            Signaled signaled => (128 + signaled.Signal, $"it was ended by signal {signaled.Signal}"),
            NotStarted failed => (failed.Code, failed.Message + ForeignPlatform(failed, platform)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (status == 0)
            return;
        string program = string.Join(' ', step.Arguments);
        Diagnostic diagnostic = DiagnosticRules.StepFailed.At(
            step.Span, $"process \"{program}\" did not complete successfully: exit code: {status}", hint);
        throw new BuildException(diagnostic) { ExitStatus = status };
    }
}
