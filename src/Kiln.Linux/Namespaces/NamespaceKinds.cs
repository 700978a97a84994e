// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Namespaces;

/// <summary>The namespaces a new process gets of its own, namespaces(7). The values are clone's.</summary>
[Flags]
public enum NamespaceKinds
{
    None = 0,
    Mount = Libc.CLONE_NEWNS,
    HostName = Libc.CLONE_NEWUTS,
    Ipc = Libc.CLONE_NEWIPC,
    User = Libc.CLONE_NEWUSER,
    ProcessId = Libc.CLONE_NEWPID,
    Network = Libc.CLONE_NEWNET,
}
