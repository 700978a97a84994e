// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Tracing;

/// <summary>Why a traced thread runs no further, ptrace(2).</summary>
public enum TraceStopKind
{
    /// <summary>It has ended, and is traced no more.</summary>
    Ended,

    /// <summary>It was asked to stop, or takes part in its process's stop by a signal.</summary>
    Interrupted,

    /// <summary>It begins or ends a system call.</summary>
    SystemCall,

    /// <summary>It has become another program and has not begun with it.</summary>
    Executed,

    /// <summary>A signal is about to be delivered.</summary>
    Signal,
}
