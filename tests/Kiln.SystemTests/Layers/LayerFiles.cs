// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.SystemTests.Layers;

/// <summary>Short ways to say what is in a layer. Everything has owners, modes and times that nothing has by accident.</summary>
internal static class LayerFiles
{
    public static DeltaEntry File(string path, string content = "", int mode = 0x1A4, uint uid = 3, uint gid = 4, params ExtendedAttribute[] xattrs) =>
        new(Entry(path, EntryType.File, mode, uid, gid) with { Size = Encoding.UTF8.GetByteCount(content), Xattrs = [.. xattrs] },
            new BytesSource(Encoding.UTF8.GetBytes(content)));

    public static DeltaEntry Dir(string path, int mode = 0x1ED, uint uid = 5, uint gid = 6, params ExtendedAttribute[] xattrs) =>
        new(Entry(path, EntryType.Directory, mode, uid, gid) with { Xattrs = [.. xattrs] }, null);

    public static DeltaEntry Link(string path, string text) =>
        new(Entry(path, EntryType.SymbolicLink, 0x1FF, 7, 8) with { LinkText = [.. Encoding.UTF8.GetBytes(text)] }, null);

    public static DeltaEntry Hard(string path, string target) =>
        new(Entry(path, EntryType.HardLink, 0x1A4, 3, 4) with { HardLinkTarget = UnixPath.Clean(target) }, null);

    public static DeltaEntry Node(string path, EntryType type, uint major = 0, uint minor = 0) =>
        new(Entry(path, type, 0x1B6, 9, 10) with { Device = new DeviceNumber(major, minor) }, null);

    public static ExtendedAttribute Capability { get; } =
        new("security.capability", Convert.FromHexString("0100000200040000000000000000000000000000"));

    private static LayerEntry Entry(string path, EntryType type, int mode, uint uid, uint gid) => new()
    {
        Path = UnixPath.Clean(path),
        Type = type,
        Mode = mode,
        Uid = uid,
        Gid = gid,
        ModifiedTime = new UnixTime(1_500_000_000 + path.Length),
    };
}
