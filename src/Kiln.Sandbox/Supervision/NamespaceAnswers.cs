// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Sandbox.Supervision.Ownership;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Answers for a step that has namespaces of its own, in which all but device nodes and sockets is the kernel's affair; where one id alone is mapped, owners are not either. A filter traps no more than
/// is answered here.
/// </summary>
internal sealed class NamespaceAnswers : IDisposable
{
    private readonly DirectoryHandle _processes = DirectoryHandle.Open("/proc");
    private readonly DeviceCalls _devices;
    private readonly OwnerCalls _owners;
    private readonly StatusCalls _status;
    private readonly MetadataGuard _metadata;
    private readonly IdentityCalls _identity;
    private readonly ExecuteCalls _execute;
    private readonly CreationCalls _creation;
    private readonly AttributeCalls _attributes;

    /// <param name="metadata">Answers about the network.</param>
    public NamespaceAnswers(MetadataGuard metadata)
    {
        _metadata = metadata;
        var files = new CallerFiles(_processes);
        _devices = new DeviceCalls(_processes, new GuestPaths(_processes, tree: []));
        var identities = new IdentityTable();
        _owners = new OwnerCalls(files, identities);
        _status = new StatusCalls(files);
        _identity = new IdentityCalls(identities);
        _execute = new ExecuteCalls(files, identities);
        _attributes = new AttributeCalls(files);
        _creation = new CreationCalls(files, identities);
    }

    public void Answer(Caller caller)
    {
        switch (caller.Call.Call)
        {
            case SystemCall.socket or SystemCall.connect:
                _metadata.Answer(caller);
                break;
            case SystemCall.mknod or SystemCall.mknodat when DeviceCalls.IsDevice(caller.Call):
                if (_creation.MayMakeDevices(caller))
                    _devices.Answer(caller);
                else
                    caller.Fail(Errno.EPERM);
                break;
            case SystemCall.open or SystemCall.openat or SystemCall.openat2 or SystemCall.creat or SystemCall.mkdir or SystemCall.mkdirat or SystemCall.symlink or SystemCall.symlinkat
                or SystemCall.mknod or SystemCall.mknodat:
                _creation.Answer(caller);
                break;
            case SystemCall.chown or SystemCall.lchown or SystemCall.fchown or SystemCall.fchownat:
                _owners.Answer(caller);
                break;
            case SystemCall.stat or SystemCall.lstat or SystemCall.fstat or SystemCall.newfstatat or SystemCall.statx:
                _status.Answer(caller);
                break;
            case SystemCall.listxattr or SystemCall.llistxattr or SystemCall.flistxattr:
                _attributes.Answer(caller);
                break;
            case SystemCall.getrlimit or SystemCall.setrlimit or SystemCall.prlimit64:
                LimitCalls.Answer(caller);
                break;
            case SystemCall.execve or SystemCall.execveat:
                _execute.Answer(caller);
                break;
            default:
                _identity.Answer(caller);
                break;
        }
    }

    public void Dispose() => _processes.Dispose();
}
