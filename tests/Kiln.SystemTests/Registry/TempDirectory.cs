// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry;

/// <summary>A directory that goes with its owner.</summary>
internal sealed class TempDirectory : IDisposable
{
    public TempDirectory() => Root = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private TempDirectory(string root) => Root = Directory.CreateDirectory(root).FullName;

    public string Root { get; }

    /// <summary>One on a file system that has no disk.</summary>
    public static TempDirectory InMemory() => new($"/dev/shm/kiln-test-{Guid.NewGuid():N}");

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
