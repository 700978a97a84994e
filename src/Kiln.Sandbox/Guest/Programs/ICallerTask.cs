// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Seccomp;
using Kiln.Linux.Tracing;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>Something that is done with a caller's thread while it is traced.</summary>
internal interface ICallerTask : IDisposable
{
    SeccompListener Listener { get; }

    TrappedCall Call { get; }

    /// <summary>Ends with the thread let go, or throws.</summary>
    void Work(TracedThread thread);
}
