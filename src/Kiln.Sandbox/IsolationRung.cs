// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox;

/// <summary>The rungs of the isolation ladder, the best first.</summary>
public enum IsolationRung
{
    /// <summary>User, mount, pid, ipc and uts namespaces of its own for every `RUN`.</summary>
    Namespaces,

    /// <summary>A changed root, `/proc` served by a supervisor, and no namespaces: root in an ordinary container.</summary>
    Chroot,

    /// <summary>Nothing of the kernel's: a supervisor answers every call that takes a path, for any user in any container.</summary>
    Supervised,

    /// <summary>Nothing may be run.</summary>
    None,
}
