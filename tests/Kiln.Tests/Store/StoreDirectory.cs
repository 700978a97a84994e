// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Tests.Store;

/// <summary>A directory for one test, removed with it.</summary>
public abstract class StoreDirectory : IDisposable
{
    protected string Root { get; } = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string PathOf(params string[] names) => Path.Combine([Root, .. names]);

    protected IEnumerable<string> Files => Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path))
        .Order(StringComparer.Ordinal);
}
