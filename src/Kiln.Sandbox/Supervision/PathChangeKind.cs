// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Supervision;

/// <summary>What a system call does to a path.</summary>
internal enum PathChangeKind
{
    /// <summary>Changes something that exists.</summary>
    Modify,

    /// <summary>Opens it, and makes it where it does not exist.</summary>
    Open,

    /// <summary>Makes it; it is an error where it exists.</summary>
    Create,

    /// <summary>Takes its name away, or gives the name to something else.</summary>
    Remove,

    /// <summary>Gives the file one more name, which must lie in the same mount.</summary>
    Link,
}
