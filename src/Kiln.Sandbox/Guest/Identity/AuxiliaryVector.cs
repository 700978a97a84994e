// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>What the kernel tells a program at its start, getauxval(3), as it lies on a 64-bit program's stack and in `/proc/PID/auxv`: pairs of a type and a value.</summary>
internal static class AuxiliaryVector
{
    private const ulong End = 0;            // AT_NULL
    private const ulong User = 11;          // AT_UID
    private const ulong EffectiveUser = 12;
    private const ulong Group = 13;         // AT_GID
    private const ulong EffectiveGroup = 14;
    private const ulong Secure = 23;        // AT_SECURE

    /// <summary>Puts in who the program is by its own belief.</summary>
    /// <param name="vector">All pairs up to the last one.</param>
    /// <param name="credentials">Whom execve has made of the process.</param>
    /// <param name="isSecure">What <see cref="GuestCredentials.Execute"/> said; null leaves what is there.</param>
    public static void Rewrite(Span<byte> vector, GuestCredentials credentials, bool? isSecure)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(vector);
        for (int i = 0; i + 1 < words.Length && words[i] != End; i += 2)
        {
            words[i + 1] = words[i] switch
            {
                User => credentials.Users.Real,
                EffectiveUser => credentials.Users.Effective,
                Group => credentials.Groups.Real,
                EffectiveGroup => credentials.Groups.Effective,
                Secure when isSecure is { } secure => secure ? 1UL : 0,
                _ => words[i + 1],
            };
        }
    }
}
