// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Files;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Chroot;
using Kiln.Sandbox.Guest;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Sandbox.Guest.State;
using Kiln.Sandbox.Results;
using Kiln.Sandbox.Roots;
using Kiln.Sandbox.Stage;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox;

/// <summary>
/// Carries out `RUN` where nothing is permitted: no namespace, no changed root, one user without capabilities. The step's processes run in the builder's own root directory and can name nothing there, for every call that takes a
/// path is answered in the step's tree (<see cref="GuestAnswers"/>), and what they may be and do is kept beside (<see cref="InodeRecords"/>, <see cref="GuestStates"/>).
/// </summary>
public sealed class SupervisedSandbox : ISandbox
{
    private readonly SandboxOptions _options;
    private readonly InodeRecords _records;
    private readonly RunningSteps _steps = new();

    /// <param name="options">What the builder gives.</param>
    /// <param name="records">What the files of all trees are.</param>
    internal SupervisedSandbox(SandboxOptions options, InodeRecords records)
    {
        (_options, _records) = (options, records);
        ProcessAttributes.ForbidInspection();
    }

    public bool LendsSources => true;

    public string? FindRefusal(IReadOnlyList<UnixPath> targets, bool sharesSource) => ChrootSandbox.FindRefusalOf(targets, sharesSource);

    public Task<RunResult> RunAsync(RunRequest request, OutputReceiver output, CancellationToken cancellationToken) =>
        StepThread.RunAsync(() => Run(request, output, cancellationToken));

    private RunResult Run(RunRequest request, OutputReceiver output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StepOutcome outcome;
        try
        {
            outcome = Execute(request, output, cancellationToken);
        }
        catch (ErrnoException e)
        {
            throw DiagnosticRules.SandboxSetupFailed.Error($"the sandbox could not be started: {e.Message}", inner: e);
        }
        cancellationToken.ThrowIfCancellationRequested();
        return outcome.ToResult();
    }

    /// <summary>Starts, follows and cleans up, whatever happens.</summary>
    internal StepOutcome Execute(RunRequest request, OutputReceiver output, CancellationToken cancellationToken)
    {
        string place = ((MergedRoot)request.Root).Tree;
        StageUser user;
        UnixPath workingDirectory;
        try
        {
            using DirectoryHandle root = DirectoryHandle.Open(place);
            var images = new RootTree(root, recordsOwners: false, _records);
            user = StageUser.Find(request.User, images, maps: null);
            images.MakeWorkingDirectory(request.WorkingDirectory, user.Ids.Uid, user.Ids.Gid).Dispose();
            workingDirectory = images.Resolve(request.WorkingDirectory);
        }
        catch (StageException e)
        {
            return new StepOutcome(default, new StageReport([], e.Failure));
        }
        using var covered = CoveredTree.CoverShut(place, _options.RootDirectory, request.Mounts, _records);
        using var supervisor = new GuestSupervisor();
        var environment = StageEnvironment.Complete(request.Environment, user.Home);
        using var step = StepProcess.Start(
            new StageRequest(request with { Mounts = [], Environment = [.. environment.Variables] }, Scratch: null, IsolationRung.Supervised, MoreTraps.None),
            NamespaceKinds.None, supervisor.Socket, _options.RuntimeEnvironment);
        _steps.Add(step.ProcessId);
        var metadata = new MetadataGuard(connections: null);
        var members = new StepMembers(step.ProcessId);
        var tree = new GuestTree(place, _records, covered.Mounts, ServedFiles.Places);
        var states = new GuestStates(tree, GuestCredentials.For(user.Ids.Uid, user.Ids.Gid, user.Ids.SupplementaryGroups.AsSpan()), workingDirectory, members);
        var served = new ServedFiles(tree, states, members, covered.Mounts, request.Network, _options.RootDirectory);
        var shortcuts = new GuestShortcuts(tree, served.Processes, Landlock.KnowsFiles);
        (states.Shortcuts, served.Shortcuts) = (shortcuts, shortcuts);
        using var answers = new GuestAnswers(tree, states, members, served, shortcuts, request.HostName, request.ShutsMetadata ? metadata : null);
        StepOutcome outcome;
        try
        {
            using (cancellationToken.Register(step.Kill))
            {
                supervisor.Serve(answers, step.Kill);
                step.Release();
                ProcessExit exit = step.Follow(output, _steps.EndOrphans);
                outcome = new StepOutcome(exit, step.Report);
            }
        }
        finally
        {
            step.End();
            _steps.EndOrphans();
            _steps.Remove(step.ProcessId);
            supervisor.End();
        }
        if (answers.Failure is { } failure)
            throw new InvalidOperationException($"the supervisor ended a process of the step: {failure.Message}", failure);
        return outcome with { RefusedMetadata = metadata.Refused, Moved = covered.Moved };
    }
}
