// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox;

/// <summary>What `--isolation` asks for.</summary>
public enum RequestedIsolation
{
    /// <summary>The highest rung that works here.</summary>
    Auto,

    /// <summary>Namespaces or an error.</summary>
    Namespaces,

    /// <summary>A changed root and a supervisor, or an error.</summary>
    Chroot,

    /// <summary>A supervisor alone, or an error.</summary>
    Supervised,

    /// <summary>`RUN` is refused; everything else builds.</summary>
    None,
}
