// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Chroot;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// What a step that shares the builder's mounts is told of mounts: its root, what is served below `/proc` and `/sys` as if it were mounted there, and what it asked for. `df` asks which
/// file system it is on, Java and others where the control groups are.
/// </summary>
internal sealed class MountTable
{
    private MountTable(string text, string infoText) => (Text, InfoText) = (Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(infoText));

    /// <summary>As `/proc/self/mounts` has it, fstab(5).</summary>
    public byte[] Text { get; }

    /// <summary>As `/proc/self/mountinfo` has it, proc_pid_mountinfo(5).</summary>
    public byte[] InfoText { get; }

    /// <param name="builder">The builder's own mountinfo.</param>
    /// <param name="root">The file system of the step's tree.</param>
    /// <param name="mounts">What the step has asked for.</param>
    public static MountTable Create(string builder, DeviceNumber root, IEnumerable<PlacedMount> mounts)
    {
        var text = new StringBuilder();
        var info = new StringBuilder();
        string device = $"{root.Major}:{root.Minor}";
        Line[] lines = [.. builder.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Line.Parse)];
        Line holder = lines.FirstOrDefault(line => line.Device == device) ?? new Line(device, "/", "/", "rw", "unknown", "none", "rw");
        Add(holder with { Root = "/", Place = "/" });
        foreach (Line line in lines)
            if (line is { Place: "/proc" or "/sys" } || line.Place == "/sys/fs/cgroup" || line.Place.StartsWith("/sys/fs/cgroup/", StringComparison.Ordinal))
                Add(line);
        foreach (PlacedMount mount in mounts)
            Add(mount.IsTemporary
                ? new Line(device, "/", Escape(mount.Place), mount.IsReadOnly ? "ro,nosuid,nodev,noexec,relatime" : "rw,nosuid,nodev,relatime", "tmpfs", "tmpfs", "rw")
                : holder with { Root = Escape(mount.Place), Place = Escape(mount.Place), Options = mount.IsReadOnly ? "ro,relatime" : "rw,relatime" });
        return new MountTable(text.ToString(), info.ToString());

        void Add(Line line)
        {
            int id = 1 + info.ToString().Count(c => c == '\n');
            text.Append(line.Source).Append(' ').Append(line.Place).Append(' ').Append(line.Type).Append(' ').Append(line.Options).Append(" 0 0\n");
            info.Append(id).Append(" 1 ").Append(line.Device).Append(' ').Append(line.Root).Append(' ').Append(line.Place).Append(' ').Append(line.Options)
                .Append(" - ").Append(line.Type).Append(' ').Append(line.Source).Append(' ').Append(line.SuperOptions).Append('\n');
        }
    }

    /// <summary>With what parts fields written in octal, proc_pid_mounts(5).</summary>
    private static string Escape(UnixPath place) =>
        $"/{place}".Replace("\\", "\\134", StringComparison.Ordinal).Replace(" ", "\\040", StringComparison.Ordinal).Replace("\t", "\\011", StringComparison.Ordinal).Replace("\n", "\\012", StringComparison.Ordinal);

    private sealed record Line(string Device, string Root, string Place, string Options, string Type, string Source, string SuperOptions)
    {
        public static Line Parse(string line)
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            return new Line(fields[2], fields[3], fields[4], fields[5], fields[dash + 1], fields[dash + 2], fields[dash + 3]);
        }
    }
}
