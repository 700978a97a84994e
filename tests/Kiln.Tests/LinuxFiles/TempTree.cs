// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Tests.LinuxFiles;

/// <summary>A directory `in` to work in and a directory `out` beside it that nothing may reach. It goes with its owner.</summary>
internal sealed class TempTree : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    public TempTree()
    {
        Directory.CreateDirectory(Outside("."));
        File.WriteAllText(Outside("secret"), "secret");
        Directory.CreateDirectory(Path("."));
        Handle = DirectoryHandle.Open(Path("."));
    }

    public DirectoryHandle Handle { get; }

    public string Path(string path) => System.IO.Path.Combine(_root, "in", path);

    public string Outside(string path) => System.IO.Path.Combine(_root, "out", path);

    public TempTree Add(string path, string content = "")
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(path))!);
        File.WriteAllText(Path(path), content);
        return this;
    }

    public TempTree AddLink(string path, string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(path))!);
        File.CreateSymbolicLink(Path(path), target);
        return this;
    }

    /// <summary>Every name outside with its status, and what the file there says.</summary>
    public string DescribeOutside()
    {
        using var outside = DirectoryHandle.Open(Outside("."));
        return string.Join('\n', outside.ReadEntries().Select(e => System.Text.Encoding.UTF8.GetString(e.Name)).Order(StringComparer.Ordinal)
            .Select(name => $"{name} {outside.GetStatus(Kiln.Linux.UnixPath.Clean(name))} {(File.Exists(Outside(name)) ? File.ReadAllText(Outside(name)) : "")}"));
    }

    public void Dispose()
    {
        Handle.Dispose();
        using var parent = DirectoryHandle.Open(System.IO.Path.GetDirectoryName(_root)!);
        parent.RemoveTree(System.Text.Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(_root)));
    }
}
