// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Mounts;

/// <summary>What a `RUN` may do to what is bound.</summary>
public enum BindAccess
{
    ReadOnly,

    /// <summary>What it writes is there for the next one.</summary>
    ReadWrite,

    /// <summary>It may write, and what it wrote is gone after the step.</summary>
    Discard,
}
