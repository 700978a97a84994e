// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Stage;

/// <summary>A directory of one step's own below the root directory, removed with all that is in it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly string _parent;
    private readonly InodeRecords? _records;

    private ScratchDirectory(string parent, string path, InodeRecords? records) => (_parent, Path, _records) = (parent, path, records);

    public string Path { get; }

    /// <param name="parent">Where it is made.</param>
    /// <param name="records">What is said of the files in it, and no more when they are gone.</param>
    public static ScratchDirectory Create(string parent, InodeRecords? records = null) =>
        new(parent, Directory.CreateDirectory($"{parent}/run-{Guid.NewGuid():N}").FullName, records);

    public void Dispose()
    {
        using var directory = DirectoryHandle.Open(_parent);
        directory.RemoveTree(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(Path)), _records);
    }
}
