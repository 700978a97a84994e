// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry;

/// <summary>A directory that goes with its owner.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
