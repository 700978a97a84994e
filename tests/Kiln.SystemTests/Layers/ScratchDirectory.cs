// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux.Files;

namespace Kiln.SystemTests.Layers;

/// <summary>A directory that goes with its owner, whatever bytes the names in it are.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public void Dispose()
    {
        using var parent = DirectoryHandle.Open(System.IO.Path.GetDirectoryName(Root)!);
        parent.RemoveTree(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(Root)));
    }
}
