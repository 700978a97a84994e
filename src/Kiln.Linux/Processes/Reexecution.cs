// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Namespaces;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>This program started once more, in new namespaces.</summary>
public sealed record Reexecution
{
    public required NamespaceKinds Namespaces { get; init; }

    /// <summary>All arguments, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>What the child has open, as 0, 1, 2 and so on, and nothing else. Null: what a started program inherits.</summary>
    public IReadOnlyList<SafeFileHandle>? Descriptors { get; init; }
}
