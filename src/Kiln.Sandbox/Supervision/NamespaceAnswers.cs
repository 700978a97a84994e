// SPDX-License-Identifier: Apache-2.0
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

    /// <param name="metadata">Answers about the network.</param>
    public NamespaceAnswers(MetadataGuard metadata)
    {
        _metadata = metadata;
        var files = new CallerFiles(_processes);
        _devices = new DeviceCalls(_processes, new GuestPaths(_processes, tree: []));
        _owners = new OwnerCalls(files);
        _status = new StatusCalls(files);
    }

    public void Answer(Caller caller)
    {
        switch (caller.Call.Call)
        {
            case SystemCall.socket or SystemCall.connect:
                _metadata.Answer(caller);
                break;
            case SystemCall.mknod or SystemCall.mknodat:
                _devices.Answer(caller);
                break;
            case SystemCall.chown or SystemCall.lchown or SystemCall.fchown or SystemCall.fchownat:
                _owners.Answer(caller);
                break;
            default:
                _status.Answer(caller);
                break;
        }
    }

    public void Dispose() => _processes.Dispose();
}
