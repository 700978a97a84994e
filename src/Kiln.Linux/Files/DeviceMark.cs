// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Kiln.Linux.Files;

/// <summary>
/// Says of an empty file that it stands for a device node which nobody here may make. It is an attribute of the file, so it goes wherever that is moved, linked
/// or copied up.
/// </summary>
public static class DeviceMark
{
    public const string AttributeName = "user.kiln.device";

    /// <summary>`c 1 3`, as mknod(1) has it.</summary>
    public static ExtendedAttribute Create(FileType type, DeviceNumber device) => new(
        AttributeName, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(type == FileType.BlockDevice ? 'b' : 'c')} {device.Major} {device.Minor}")));

    /// <summary>Null for another attribute, or one that says nothing.</summary>
    public static (FileType Type, DeviceNumber Device)? Parse(ExtendedAttribute attribute)
    {
        if (attribute.Name != AttributeName)
            return null;
        return Encoding.ASCII.GetString(attribute.Value).Split(' ') is [("b" or "c") and var type, var first, var second]
            && uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out uint major)
            && uint.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out uint minor)
                ? (type == "b" ? FileType.BlockDevice : FileType.CharacterDevice, new DeviceNumber(major, minor))
                : null;
    }
}
