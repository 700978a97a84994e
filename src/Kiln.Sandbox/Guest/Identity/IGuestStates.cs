// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>Who processes are. The threads of one process are one here, as what each carries is the process's.</summary>
internal interface IGuestStates
{
    GuestCredentials CredentialsOf(Caller caller);

    /// <summary>Null where there is no such process in the step.</summary>
    GuestCredentials? CredentialsOf(int processId);

    /// <summary>Makes a process somebody; an error where it has ended or no more can be kept.</summary>
    Errno Change(Caller caller, GuestCredentials credentials);
}
