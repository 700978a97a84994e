// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Build.Steps;

/// <summary>
/// What the files of a cache are, for the builds to come: records live as long as their build, and a cache longer. They lie beside the content by inode, which files of a cache keep; a file
/// that has got the number of one that is gone has its type at least.
/// </summary>
internal static class CacheRecords
{
    private const string Saved = "owners";
    private const string Unfinished = "owners.new";

    /// <summary>Says of all that is in the cache what it is, of what the disk says all of too.</summary>
    public static void Load(string cache, InodeRecords records)
    {
        string path = Path.Combine(cache, Saved);
        Dictionary<ulong, InodeRecord> saved = File.Exists(path) ? File.ReadLines(path).Select(Parse).ToDictionary(line => line.Inode, line => line.Record) : [];
        using DirectoryHandle home = DirectoryHandle.Open(cache);
        using DirectoryHandle? content = home.FindDirectory(UnixPath.Clean(CacheLoan.Content));
        if (content is null)
            return;
        Restore(content.GetStatus(UnixPath.Root));
        Walk(content, (directory, listing) =>
        {
            if (!saved.ContainsKey(listing.Inode))
                records.Remove(listing.Inode);
            else if (listing.FindStatus(directory) is { } status)
                Restore(status);
        });

        void Restore(FileStatus status)
        {
            if (saved.TryGetValue(status.Inode, out InodeRecord? record) && TypeOnDisk(record) == status.Type)
                records.Set(status.Inode, record);
            else
                records.Remove(status.Inode);
        }
    }

    /// <summary>Writes down what is said of the files that are in the cache now.</summary>
    public static void Save(string cache, InodeRecords records)
    {
        using DirectoryHandle home = DirectoryHandle.Open(cache);
        using DirectoryHandle? content = home.FindDirectory(UnixPath.Clean(CacheLoan.Content));
        string unfinished = Path.Combine(cache, Unfinished);
        using (StreamWriter writer = File.CreateText(unfinished))
        {
            if (content is not null)
            {
                Write(content.GetStatus(UnixPath.Root).Inode);
                Walk(content, (_, listing) => Write(listing.Inode));
            }

            void Write(ulong inode)
            {
                if (records.Find(inode) is { } record)
                    writer.Write(Format(inode, record));
            }
        }
        File.Move(unfinished, Path.Combine(cache, Saved), overwrite: true);
    }

    private static void Walk(DirectoryHandle directory, Action<DirectoryHandle, DirectoryListing> visit)
    {
        var listing = new DirectoryListing();
        listing.Read(directory);
        while (listing.MoveNext())
        {
            visit(directory, listing);
            if ((listing.IsDirectory ?? listing.FindStatus(directory)?.Type == FileType.Directory) && directory.FindDirectory(UnixPath.Root.Append(listing.Name)) is { } inner)
                using (inner)
                    Walk(inner, visit);
        }
    }

    private static FileType TypeOnDisk(InodeRecord record) => record.Type is FileType.CharacterDevice or FileType.BlockDevice ? FileType.File : record.Type;

    private static string Format(ulong inode, InodeRecord record) => string.Create(
        CultureInfo.InvariantCulture,
        $"{inode} {(int)record.Type} {record.Mode} {record.Uid} {record.Gid} {record.Device.Major} {record.Device.Minor} {Convert.ToHexString(record.Capabilities.Span)}\n");

    private static (ulong Inode, InodeRecord Record) Parse(string line)
    {
        string[] fields = line.Split(' ');
        uint[] numbers = [.. fields[1..7].Select(field => uint.Parse(field, NumberStyles.None, CultureInfo.InvariantCulture))];
        var record = new InodeRecord((FileType)numbers[0], (int)numbers[1], numbers[2], numbers[3])
        {
            Device = new DeviceNumber(numbers[4], numbers[5]),
            Capabilities = fields[7].Length > 0 ? Convert.FromHexString(fields[7]) : default(ReadOnlyMemory<byte>),
        };
        return (ulong.Parse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture), record);
    }
}
