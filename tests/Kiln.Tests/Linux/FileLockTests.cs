// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Linux;

public sealed class FileLockTests
{
    [Fact]
    public void A_lock_is_one_owners_or_shared()
    {
        string directory = Directory.CreateTempSubdirectory("kiln-lock-").FullName;
        try
        {
            string path = Path.Combine(directory, "lock");

            using (FileLock? first = FileLock.TryShare(path), second = FileLock.TryShare(path))
            {
                Assert.NotNull(first);
                Assert.NotNull(second);
                Assert.Null(FileLock.TryTake(path));
            }
            using (FileLock? only = FileLock.TryTake(path))
            {
                Assert.NotNull(only);
                Assert.Null(FileLock.TryShare(path));
                Assert.Null(FileLock.TryTake(path));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
