// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Stage;

/// <summary>A directory of one step's own below the root directory, removed with all that is in it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly string _parent;

    private ScratchDirectory(string parent, string path) => (_parent, Path) = (parent, path);

    public string Path { get; }

    public static ScratchDirectory Create(string parent) => new(parent, Directory.CreateDirectory($"{parent}/run-{Guid.NewGuid():N}").FullName);

    public void Dispose()
    {
        using var directory = DirectoryHandle.Open(_parent);
        directory.RemoveTree(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(Path)));
    }
}
