// SPDX-License-Identifier: Apache-2.0
using Kiln.Sandbox.Guest.Identity;

namespace Kiln.Sandbox.Guest.State;

/// <summary>What the supervisor keeps for a process, because the kernel cannot be told: every change makes another.</summary>
/// <param name="Credentials">Who it is.</param>
/// <param name="Root">Where its paths start, chroot(2).</param>
/// <param name="WorkingDirectory">Where its relative paths start.</param>
/// <param name="Program">What it executes; null for the second stage itself.</param>
/// <param name="CreationMask">umask(2).</param>
internal sealed record GuestState(GuestCredentials Credentials, GuestDirectory Root, GuestDirectory WorkingDirectory, RunningProgram? Program, int CreationMask)
{
    /// <summary>False from the first program on that was not root's, or in another root: a filter of its own keeps it and all that it starts from shortcuts.</summary>
    public bool KeepsShortcuts { get; init; } = true;

    /// <summary>Whether every file check passes without a look.</summary>
    public bool IsPlainRoot => Credentials.IsPlainRoot;
}
