// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Kiln.Linux;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>What the attribute `security.capability` gives a program, "File capabilities" in capabilities(7).</summary>
internal readonly record struct FileCapabilities(ulong Permitted, ulong Inheritable, bool IsEffective)
{
    private const uint RevisionMask = 0xFF000000;
    private const uint Effective = 1;           // VFS_CAP_FLAGS_EFFECTIVE
    private const uint First = 0x01000000;      // VFS_CAP_REVISION_1: 32 bits of each set
    private const uint Second = 0x02000000;     // 64 bits
    private const uint Third = 0x03000000;      // and the user who is root where they hold
    private const int FirstSize = 12, SecondSize = 20, ThirdSize = 24;

    /// <summary>
    /// From the attribute's bytes. Null without an error where they hold in another user namespace alone: "the file capabilities are ignored". EINVAL where they mean nothing, which
    /// is what execve(2) fails with then.
    /// </summary>
    public static Errno Parse(ReadOnlySpan<byte> attribute, out FileCapabilities? capabilities)
    {
        capabilities = null;
        if (attribute.Length < sizeof(uint))
            return Errno.EINVAL;
        uint magic = Word(attribute, 0);
        if (SizeOf(magic) != attribute.Length)
            return Errno.EINVAL;
        if ((magic & RevisionMask) == Third && Word(attribute, 5) != 0)
            return Errno.None;
        bool isLong = (magic & RevisionMask) != First;
        ulong permitted = Word(attribute, 1) | (isLong ? (ulong)Word(attribute, 3) << 32 : 0);
        ulong inheritable = Word(attribute, 2) | (isLong ? (ulong)Word(attribute, 4) << 32 : 0);
        capabilities = new(permitted & CapabilitySets.All, inheritable & CapabilitySets.All, (magic & Effective) != 0);
        return Errno.None;
    }

    /// <summary>Whether setxattr(2) takes the bytes: it has not taken the oldest form since Linux 4.14.</summary>
    public static bool IsWritable(ReadOnlySpan<byte> attribute) =>
        attribute.Length >= sizeof(uint) && Word(attribute, 0) is var magic && (magic & RevisionMask) != First && SizeOf(magic) == attribute.Length;

    private static int SizeOf(uint magic) => (magic & RevisionMask) switch
    {
        First => FirstSize,
        Second => SecondSize,
        Third => ThirdSize,
        _ => -1,
    };

    private static uint Word(ReadOnlySpan<byte> attribute, int index) => BinaryPrimitives.ReadUInt32LittleEndian(attribute[(index * sizeof(uint))..]);
}
