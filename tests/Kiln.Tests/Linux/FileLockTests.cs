// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
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

    [Fact]
    public async Task A_lock_that_is_let_go_is_free_also_while_programs_are_started()
    {
        string directory = Directory.CreateTempSubdirectory("kiln-lock-").FullName;
        try
        {
            using var ended = new CancellationTokenSource();
            Task starting = Task.Run(() =>
            {
                while (!ended.IsCancellationRequested)
                    using (Process program = Process.Start("/bin/true"))
                        program.WaitForExit();
            }, TestContext.Current.CancellationToken);

            int refused = 0;
            for (int i = 0; i < 20_000; i++)
            {
                using FileLock? held = FileLock.TryTake(Path.Combine(directory, "lock"));
                refused += held is null ? 1 : 0;
            }
            await ended.CancelAsync();
            await starting;
            Assert.Equal(0, refused);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
