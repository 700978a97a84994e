// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Supervision;

/// <summary>Answers for a step that has namespaces of its own, in which all but device nodes is the kernel's affair.</summary>
internal sealed class DeviceAnswers : IDisposable
{
    private readonly DirectoryHandle _processes = DirectoryHandle.Open("/proc");
    private readonly DeviceCalls _devices;

    public DeviceAnswers() => _devices = new DeviceCalls(_processes, new GuestPaths(_processes, tree: []));

    public void Answer(Caller caller) => _devices.Answer(caller);

    public void Dispose() => _processes.Dispose();
}
