// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Chroot;

namespace Kiln.Sandbox.Supervision;

/// <summary>Answers for a step that shares the builder's namespaces: paths, processes, devices and the machine's name, each by whoever knows them.</summary>
internal sealed class ChrootAnswers : IDisposable
{
    private readonly DirectoryHandle _tree;
    private readonly DirectoryHandle _processes = DirectoryHandle.Open("/proc");
    private readonly DirectoryHandle _system = DirectoryHandle.Open("/sys");
    private readonly DirectoryHandle _machineDevices = DirectoryHandle.Open("/dev");
    private readonly PathCalls _paths;
    private readonly ProcessCalls _process;
    private readonly DeviceCalls _devices;
    private readonly MountGuard _guard;
    private readonly MetadataGuard _metadata;
    private readonly byte[] _machine;

    /// <param name="tree">The step's root.</param>
    /// <param name="firstProcess">The step's first process.</param>
    /// <param name="request">What it was asked to be.</param>
    /// <param name="covered">What stands in the tree for the step.</param>
    /// <param name="metadata">Answers about the network.</param>
    public ChrootAnswers(string tree, int firstProcess, RunRequest request, CoveredTree covered, MetadataGuard metadata)
    {
        _metadata = metadata;
        _tree = DirectoryHandle.Open(tree);
        _machine = AnsweredFile.DescribeMachine(request.HostName);
        var members = new StepMembers(firstProcess);
        var paths = new GuestPaths(_processes, GuestPaths.OfOpenDirectory(_processes, _tree));
        var devices = new ServedDevices(_machineDevices, covered.ServedDevices);
        var mounts = MountTable.Create(File.ReadAllText("/proc/self/mountinfo"), _tree.GetStatus(UnixPath.Root).FileSystem, covered.Mounts);
        var files = new VirtualFiles(_processes, _system, devices, members, paths, mounts, new InMemoryFiles(covered.Mounts), request.Network);
        _paths = new PathCalls(_tree, _processes, files, devices, paths, new StandIns(_tree, files, members));
        _process = new ProcessCalls(members);
        _devices = new DeviceCalls(_processes, paths);
        _guard = new MountGuard(_tree, _processes, paths, covered.Mounts);
    }

    public void Answer(Caller caller)
    {
        if (_guard.FindRefusal(caller) is { } refusal)
        {
            caller.Fail(refusal);
            return;
        }
        switch (caller.Call.Call)
        {
            case SystemCall.uname:
                caller.ReturnBytes(caller.Call.Pointer(0), _machine, 0);
                break;
            case SystemCall.socket or SystemCall.connect:
                _metadata.Answer(caller);
                break;
            case SystemCall.mknod or SystemCall.mknodat:
                _devices.Answer(caller);
                break;
            case SystemCall.dup:
                _paths.Duplicate(caller);
                break;
            case SystemCall.fcntl when caller.Call.Number(1) != SupervisedCalls.SetOwner:
                _paths.Duplicate(caller);
                break;
            case SystemCall.pidfd_send_signal:
                _process.SignalByDirectory(caller, _paths.FindProcess(caller, caller.Call.Number(0)));
                break;
            case SystemCall.fcntl or SystemCall.kill or SystemCall.tkill or SystemCall.tgkill or SystemCall.rt_sigqueueinfo or SystemCall.rt_tgsigqueueinfo
                or SystemCall.pidfd_open or SystemCall.process_vm_readv or SystemCall.process_vm_writev or SystemCall.ptrace or SystemCall.prlimit64
                or SystemCall.sched_setparam or SystemCall.sched_setscheduler or SystemCall.sched_setaffinity or SystemCall.sched_setattr
                or SystemCall.setpriority or SystemCall.ioprio_set or SystemCall.kcmp or SystemCall.move_pages or SystemCall.migrate_pages:
                _process.Answer(caller);
                break;
            case not null when GuardedCalls.IsAlone(caller.Call):
                caller.Continue();
                break;
            default:
                _paths.Answer(caller);
                break;
        }
    }

    public void Dispose()
    {
        _tree.Dispose();
        _processes.Dispose();
        _system.Dispose();
        _machineDevices.Dispose();
    }
}
