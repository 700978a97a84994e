// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Supervision;

/// <summary>The ways in which something that is not in the tree is served.</summary>
internal enum VirtualKind
{
    /// <summary>There is no such thing.</summary>
    Missing,

    /// <summary>A stand-in in the tree is opened instead: from a handle of the real one `..` would lead to the builder's root.</summary>
    Directory,

    /// <summary>The real file is opened, below the handle and through no link.</summary>
    File,

    /// <summary>Leads on inside the tree or what is served.</summary>
    Link,

    /// <summary>What a process of the step has open or executes: the kernel's magic link is followed.</summary>
    Descriptor,

    /// <summary>A magic link that can be read and not be followed.</summary>
    Sealed,

    /// <summary>A file that the builder has in memory: opened by its magic link in the builder's own `/proc`.</summary>
    Memory,

    /// <summary>A file whose content is made here.</summary>
    Generated,
}
