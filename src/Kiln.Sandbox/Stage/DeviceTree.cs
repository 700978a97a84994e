// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;
using Kiln.Linux.Namespaces;

namespace Kiln.Sandbox.Stage;

/// <summary>The small `/dev` of a container: no device of the machine but those that any program may use.</summary>
internal static class DeviceTree
{
    private const uint TerminalGroup = 5; // `tty`, in every distribution

    public static IReadOnlyList<string> Devices { get; } = ["null", "zero", "full", "random", "urandom", "tty"];

    public static IReadOnlyList<(string Name, string Target)> Links { get; } =
    [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
    ];

    /// <summary>The numbers of the devices and of the multiplexer of terminals, which are the same on every Linux (admin-guide/devices.txt).</summary>
    public static DeviceNumber NumberOf(string device) => device switch
    {
        "null" => new(1, 3),
        "zero" => new(1, 5),
        "full" => new(1, 7),
        "random" => new(1, 8),
        "urandom" => new(1, 9),
        "tty" => new(5, 0),
        "ptmx" => new(5, 2),
        _ => throw new ArgumentOutOfRangeException(nameof(device)),
    };

    public static void Attach(RootTree tree, IdMap groups)
    {
        UnixPath dev = UnixPath.Clean("dev");
        using (var files = DetachedMount.Create("tmpfs", MountAttributes.NoSetId, ("mode", "755"), ("size", "65536k")))
            tree.Attach(files, dev, FileType.Directory);
        dev = tree.Resolve(dev);
        using (DirectoryHandle directory = tree.Root.OpenDirectory(dev))
        {
            foreach (string device in Devices)
                BindDevice(directory, device);
            foreach ((string name, string target) in Links)
                directory.MakeSymbolicLink(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(target));
        }
        (string, string?)[] terminals = [("ptmxmode", "0666"), ("mode", "0620"), .. groups.Contains(TerminalGroup) ? [("gid", $"{TerminalGroup}")] : Array.Empty<(string, string?)>()];
        AttachNew(tree, dev.Append("pts"u8), "devpts", MountAttributes.NoSetId | MountAttributes.NoExecute, terminals);
        const MountAttributes inert = MountAttributes.NoSetId | MountAttributes.NoDevices | MountAttributes.NoExecute;
        AttachNew(tree, dev.Append("shm"u8), "tmpfs", inert, [("mode", "1777"), ("size", "65536k")]);
        AttachNew(tree, dev.Append("mqueue"u8), "mqueue", inert, []);
    }

    /// <summary>A node cannot be made in a user namespace, so the machine's own is bound; one that the builder does not have either is left out.</summary>
    private static void BindDevice(DirectoryHandle directory, string name)
    {
        if (!File.Exists($"/dev/{name}"))
            return;
        UnixPath file = UnixPath.Clean(name);
        directory.CreateFile(file, 0x1B6).Dispose(); // 0666
        using var node = DetachedMount.Clone($"/dev/{name}");
        // Devices are written to all the same; what cannot be changed is the machine's node: mode, owner and time.
        node.Restrict(MountAttributes.ReadOnly);
        node.AttachAt(directory, file);
    }

    private static void AttachNew(RootTree tree, UnixPath path, string type, MountAttributes attributes, (string, string?)[] options)
    {
        using var mount = DetachedMount.Create(type, attributes, options);
        tree.Attach(mount, path, FileType.Directory);
    }
}
