// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Stage;

/// <summary>What kept a program from running.</summary>
internal enum FailureKind
{
    /// <summary>The sandbox could not be set up.</summary>
    SystemCall,

    /// <summary>The image does not know the user or group.</summary>
    UnknownUser,

    /// <summary>The user namespace has no such id.</summary>
    UserNotMapped,

    /// <summary>The program is not there or is none.</summary>
    Program,
}
