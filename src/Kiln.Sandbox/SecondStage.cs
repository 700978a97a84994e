// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Kiln.Sandbox.Guest;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Stage;
using Kiln.Sandbox.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox;

/// <summary>
/// This program started again as the first process of a step's new namespaces. Its main thread makes the step's world and then becomes the
/// step's program; `Main` asks for it before anything else. All it has of the builder is what the descriptors hold: the request (3), a pipe to report to (4) and a socket
/// for the listener of its filter (5).
/// </summary>
public static class SecondStage
{
    /// <summary>The only argument. It asks for nothing by itself: without the descriptors the stage ends at once.</summary>
    internal const string Argument = "kiln-second-stage";

    internal const int RequestDescriptor = 3;
    internal const int ReportDescriptor = 4;
    internal const int ListenerDescriptor = 5;
    private const int SetupFailed = 125;
    private const ulong OpenFiles = 65536;

    /// <summary>Whether this process was started as a second stage.</summary>
    public static bool IsRequested(IReadOnlyList<string> arguments) => arguments is [Argument];

    /// <summary>Does what was requested. Returns only where the program could not be started, with the status to exit with.</summary>
    public static int Run()
    {
        var channel = new StageChannel(Descriptor.Inherited(ReportDescriptor));
        RootTree? tree = null;
        StageFailure failure;
        try
        {
            StageRequest request = ReadRequest();
            failure = request.Rung == IsolationRung.Supervised ? ExecuteSupervised(request.Run, channel) : Execute(request, channel, ref tree);
        }
        catch (ErrnoException e)
        {
            failure = StageFailure.Of(e);
        }
        catch (StageException e)
        {
            failure = e.Failure;
        }
        channel.Send(new StageReport([.. tree?.Stubs ?? []], failure));
        return SetupFailed;
    }

    /// <summary>
    /// 1. makes the root and what is mounted in it, where it may mount; 2. looks up the user and the working directory in it, and reports; 3. leaves the builder's
    /// file system, from which the runtime could load code until then: what follows uses only what was used before; 4. has the supervisor answer some of its calls, and becomes
    /// the user; 5. makes sure that the builder still lives; 6. becomes the program.
    /// </summary>
    private static StageFailure Execute(StageRequest request, StageChannel channel, ref RootTree? tree)
    {
        RunRequest run = request.Run;
        IdMaps maps = IdMaps.Own();
        bool inNamespaces = request.Rung == IsolationRung.Namespaces;
        bool recordsOwners = inNamespaces && maps.AreOfOne;

        // Step 1.
        using DirectoryHandle root = inNamespaces ? AssembleRoot(run, maps, out Workshop workshop) : OpenRoot(run, out workshop!);
        tree = new RootTree(root, recordsOwners);
        if (inNamespaces)
            Mount(tree, workshop, request, maps);

        // Step 2.
        var user = StageUser.Find(run.User, tree, recordsOwners ? null : maps);
        using DirectoryHandle workingDirectory = tree.MakeWorkingDirectory(run.WorkingDirectory, user.Ids.Uid, user.Ids.Gid);
        var environment = StageEnvironment.Complete(run.Environment, user.Home);
        using var image = new ProgramImage(run.Arguments, environment.Variables);
        channel.Send(new StageReport([.. tree.Stubs], null));

        // Step 3.
        bool groupsMayBeSet = IdMaps.GroupsMayBeSet();
        ProcessAttributes.OfferToMemoryKiller();
        IEnumerable<FilterRule> ofRung = inNamespaces ? SupervisedCalls.ForNamespaces(maps) : SupervisedCalls.ForChroot(request.Traps, run.Network);
        FilterRule[] rules = [.. RefusedCalls.Rules, .. ofRung, .. run.ShutsMetadata ? NetworkCalls.Rules : []];
        SeccompProgram filter = SeccompProgram.Assemble(rules, SystemCallNumbers.Own);
        if (inNamespaces)
            EnterNamespaces(run, root);
        else
            ProcessAttributes.ChangeRoot(root);
        MountNamespace.ChangeDirectory(workingDirectory);

        // Step 4.
        ProcessAttributes.StartSession();
        ProcessAttributes.SetFileCreationMask(0x12); // 022
        ProcessAttributes.LowerOpenFileLimit(OpenFiles);
        if (!recordsOwners)
            user.OwnOutput();
        Descriptor.ReplaceStandardInput();
        Credential.LeaveKeyring();
        bool isSupervised = TrySupervise(filter, inNamespaces);
        if (recordsOwners && !isSupervised)
            user.CheckIsIn(maps, run.User);
        Landlock.Leave(connections: isSupervised && request.Traps.HasFlag(MoreTraps.Connections));
        user.Become(groupsMayBeSet, recordsOwners && isSupervised, inNamespaces ? StageUser.Kept : StageUser.KeptInChroot);

        // Step 5. A builder that died before the first call is noticed by the second.
        ProcessAttributes.DieWithParent();
        channel.Touch();

        // Step 6.
        Descriptor.CloseAllButStandardOnExecute();
        ProcessAttributes.ResetSignals();
        return ProgramStart.Execute(image, run.Arguments[0], environment.SearchPath);
    }

    /// <summary>
    /// The same where nothing is permitted. User, working directory and environment are the builder's to find, and the supervisor's to keep: 1. reports, and gives up all that this process could do;
    /// 2. has the supervisor answer its calls, from which on paths are those of the step's tree; 3. becomes the program.
    /// </summary>
    private static StageFailure ExecuteSupervised(RunRequest run, StageChannel channel)
    {
        // Step 1.
        var environment = StageEnvironment.Complete(run.Environment, home: "/");
        using var image = new ProgramImage(run.Arguments, environment.Variables);
        channel.Send(new StageReport([], null));
        ProcessAttributes.OfferToMemoryKiller();
        ProcessAttributes.StartSession();
        ProcessAttributes.LowerOpenFileLimit(OpenFiles);
        ProcessAttributes.ForbidCoreDumps(); // they would be the builder's working directory's, which is this process's to the kernel
        Descriptor.ReplaceStandardInput();
        Credential.LeaveKeyring();
        ProcessAttributes.AdoptOrphans();
        SeccompFilter.RenouncePrivilege();
        bool isKeptInTree = KeepInTree(run.Root.ChangedDirectory);
        SeccompProgram filter = GuestCalls.Assemble(run.Network, run.ShutsMetadata, isKeptInTree, SystemCallNumbers.Own);
        if (Credential.PermittedCapabilities().Contains(Capability.SetCapabilities))
            Credential.LimitCapabilities([]);
        Credential.SetCapabilities([]);
        ProcessAttributes.DieWithParent();
        ProcessAttributes.ResetSignals();
        Descriptor.CloseAllButStandardOnExecute();
        using SafeFileHandle socket = Descriptor.Inherited(ListenerDescriptor);

        // Step 2.
        using (SafeFileHandle listener = SeccompFilter.InstallWithListener(filter, mayBeInterrupted: false))
            DescriptorSocket.Send(socket, listener);
        channel.Touch();

        // Step 3.
        return ProgramStart.Execute(image, run.Arguments[0], environment.SearchPath);
    }

    /// <summary>Whether the kernel itself opens nothing for the step from now on but files of its tree, and those to be read.</summary>
    private static bool KeepInTree(string place)
    {
        using DirectoryHandle tree = DirectoryHandle.Open(place);
        return Landlock.TryLeave(connections: false, tree);
    }

    private static void Mount(RootTree tree, Workshop workshop, StageRequest request, IdMaps maps)
    {
        StandardMounts.Attach(tree);
        DeviceTree.Attach(tree, maps.Groups);
        var mounts = new RequestedMounts(tree, workshop, request.Scratch);
        foreach (RunMount mount in request.Run.Mounts)
            mounts.Attach(mount);
    }

    private static void EnterNamespaces(RunRequest run, DirectoryHandle root)
    {
        _ = HostIdentity.TrySetHostName(run.HostName); // refused, the container's own name stays, which does no harm
        if (run.Network == RunNetwork.None)
            HostIdentity.BringLoopbackUp();
        MountNamespace.PivotTo(root);
    }

    /// <summary>
    /// Installs the filter and hands its listener over. In namespaces a kernel that has no listeners, or a supervisor above us that has the one there can be, leaves what would be answered to the kernel, and
    /// what is refused refused.
    /// </summary>
    private static bool TrySupervise(SeccompProgram filter, bool inNamespaces)
    {
        using SafeFileHandle socket = Descriptor.Inherited(ListenerDescriptor);
        if (!inNamespaces)
        {
            // The step's descendants are told from others' by whose they become when their parents end.
            ProcessAttributes.AdoptOrphans();
            SeccompFilter.RenouncePrivilege();
        }
        try
        {
            using SafeFileHandle listener = SeccompFilter.InstallWithListener(filter);
            DescriptorSocket.Send(socket, listener);
            return true;
        }
        catch (ErrnoException e) when (inNamespaces && e is { Call: "seccomp", Error: Errno.EBUSY or Errno.EINVAL or Errno.ENOSYS or Errno.EPERM })
        {
            SeccompFilter.Install(SeccompProgram.Assemble(RefusedCalls.Rules, SystemCallNumbers.Own));
            return false;
        }
    }

    private static DirectoryHandle OpenRoot(RunRequest run, out Workshop? workshop)
    {
        workshop = null;
        return DirectoryHandle.Open(run.Root.ChangedDirectory);
    }

    /// <summary>The root is opened before the workshop covers the directory it may consist of.</summary>
    private static DirectoryHandle AssembleRoot(RunRequest run, IdMaps maps, out Workshop workshop)
    {
        MountNamespace.MakePrivate();
        string place = run.Root.ChangedDirectory;
        using DetachedMount mount = RootAssembly.Create(run.Root);
        workshop = new Workshop(place, maps);
        return workshop.Attach(mount);
    }

    private static StageRequest ReadRequest()
    {
        using SafeFileHandle file = Descriptor.Inherited(RequestDescriptor);
        byte[] text = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, text, 0);
        return StageCodec.DecodeRequest(text);
    }
}
