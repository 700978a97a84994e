// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Kiln.Linux.Files;

/// <summary>
/// Says whose a file is, where the user namespace has one id and everything on disk is therefore root's. It is an attribute of the file, so it goes wherever that is moved, linked or copied
/// up, and ends with it. Files and directories may have an attribute of a user's; nothing else may (xattr(7)), so that others have theirs in the one attribute that root of a user namespace
/// may set on every file: `security.capability`, which means nothing on what cannot be executed.
/// </summary>
public static class OwnerRecord
{
    private const string UserName = "user.kiln.owner";
    private const string CapabilityName = "security.capability";
    private const uint Revision = 0x02000000;  // VFS_CAP_REVISION_2, linux/capability.h: four words of capabilities follow
    private const uint Signature = 0x6E6C694B; // "Kiln", where the inheritable capabilities stand
    private const int CapabilitySize = 20;

    /// <summary>The longest value.</summary>
    public const int LongestValue = 32;

    /// <summary>The attribute that holds the record of a file of a type.</summary>
    public static string NameFor(FileType type) => type is FileType.File or FileType.Directory ? UserName : CapabilityName;

    /// <summary>`1000:1000` or, for what can have no attribute of a user's, the same as capabilities.</summary>
    public static ExtendedAttribute Create(FileType type, uint uid, uint gid)
    {
        if (type is FileType.File or FileType.Directory)
            return new ExtendedAttribute(UserName, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{uid}:{gid}")));
        byte[] value = new byte[CapabilitySize];
        foreach ((int at, uint word) in new[] { (0, Revision), (4, uid), (8, Signature), (12, gid), (16, ~Signature) })
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(at), word);
        return new ExtendedAttribute(CapabilityName, value);
    }

    /// <summary>The owner; null for another attribute, or one that says nothing.</summary>
    public static (uint Uid, uint Gid)? Parse(FileType type, ExtendedAttribute attribute) =>
        attribute.Name == NameFor(type) ? Parse(type, attribute.Value) : null;

    /// <summary>From the value of the attribute that holds it.</summary>
    public static (uint Uid, uint Gid)? Parse(FileType type, ReadOnlySpan<byte> value)
    {
        if (type is not (FileType.File or FileType.Directory))
            return value.Length == CapabilitySize && Word(value, 0) == Revision && Word(value, 8) == Signature && Word(value, 16) == ~Signature
                ? (Word(value, 4), Word(value, 12))
                : null;
        int colon = value.IndexOf((byte)':');
        return colon > 0 && Utf8Parser.TryParse(value[..colon], out uint uid, out int used) && used == colon
            && Utf8Parser.TryParse(value[(colon + 1)..], out uint gid, out used) && used == value.Length - colon - 1
                ? (uid, gid)
                : null;
    }

    private static uint Word(ReadOnlySpan<byte> value, int at) => BinaryPrimitives.ReadUInt32LittleEndian(value[at..]);
}
