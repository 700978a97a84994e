// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Ignore;

/// <summary>What a place in a pattern waits for.</summary>
internal enum GlobStateKind
{
    Literal,

    /// <summary>`?`: one character but the slash.</summary>
    AnyOne,

    /// <summary>`*`: any number of characters but slashes.</summary>
    AnyRun,

    Class,

    /// <summary>Any number of characters of a class.</summary>
    ClassRun,

    /// <summary>`**` at the end: any number of any characters but line feeds.</summary>
    Anything,

    /// <summary>`**` elsewhere: goes on to the place after next, or into directories, which are that next place.</summary>
    Directories,

    /// <summary>Any characters but line feeds, up to and with a slash.</summary>
    InDirectories,

    /// <summary>Only the start of the path.</summary>
    Start,
}
