// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Stage;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox;

/// <summary>
/// This program started again as the first process of a step's new namespaces. Its main thread makes the step's world and then becomes the
/// step's program; `Main` asks for it before anything else. All it has of the builder is what the descriptors hold: the request (3) and a pipe to report to (4).
/// </summary>
public static class SecondStage
{
    /// <summary>The only argument. It asks for nothing by itself: without the descriptors the stage ends at once.</summary>
    internal const string Argument = "kiln-second-stage";

    internal const int RequestDescriptor = 3;
    internal const int ReportDescriptor = 4;
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
            failure = Execute(ReadRequest(), channel, ref tree);
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
    /// 1. makes the root and what is mounted in it; 2. looks up the user and the working directory in it, and reports; 3. leaves the builder's
    /// file system, from which the runtime could load code until then: what follows uses only what was used before; 4. becomes the user; 5. makes sure
    /// that the builder still lives; 6. becomes the program.
    /// </summary>
    private static StageFailure Execute(StageRequest request, StageChannel channel, ref RootTree? tree)
    {
        RunRequest run = request.Run;
        IdMaps maps = IdMaps.Own();
        MountNamespace.MakePrivate();

        // Step 1. The root is opened before the workshop covers the directory it may consist of.
        using DirectoryHandle root = AssembleRoot(run, out Workshop workshop);
        tree = new RootTree(root);
        StandardMounts.Attach(tree);
        DeviceTree.Attach(tree, maps.Groups);
        var mounts = new RequestedMounts(tree, workshop, request.Scratch);
        foreach (RunMount mount in run.Mounts)
            mounts.Attach(mount);

        // Step 2.
        var user = StageUser.Find(run.User, tree, maps);
        using DirectoryHandle workingDirectory = tree.MakeWorkingDirectory(run.WorkingDirectory, user.Ids.Uid, user.Ids.Gid);
        var environment = StageEnvironment.Complete(run.Environment, user.Home);
        using var image = new ProgramImage(run.Arguments, environment.Variables);
        channel.Send(new StageReport([.. tree.Stubs], null));

        // Step 3.
        _ = HostIdentity.TrySetHostName(run.HostName); // refused, the container's own name stays, which does no harm
        if (run.Network == RunNetwork.None)
            HostIdentity.BringLoopbackUp();
        bool groupsMayBeSet = IdMaps.GroupsMayBeSet();
        MountNamespace.PivotTo(root);
        MountNamespace.ChangeDirectory(workingDirectory);

        // Step 4.
        ProcessAttributes.StartSession();
        ProcessAttributes.SetFileCreationMask(0x12); // 022
        ProcessAttributes.LowerOpenFileLimit(OpenFiles);
        user.OwnOutput();
        user.Become(groupsMayBeSet);

        // Step 5. A builder that died before the first call is noticed by the second.
        ProcessAttributes.DieWithParent();
        channel.Touch();

        // Step 6.
        Descriptor.CloseAllButStandardOnExecute();
        ProcessAttributes.ResetSignals();
        return ProgramStart.Execute(image, run.Arguments[0], environment.SearchPath);
    }

    private static DirectoryHandle AssembleRoot(RunRequest run, out Workshop workshop)
    {
        string place = run.Root.ChangedDirectory;
        using DetachedMount mount = RootAssembly.Create(run.Root);
        workshop = new Workshop(place);
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
