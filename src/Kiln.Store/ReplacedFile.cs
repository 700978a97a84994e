// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Store;

/// <summary>
/// A file on its way to a name, which has the old file or nothing until the new one is complete. Disposed without a commit, it leaves nothing behind. What cannot be
/// replaced, as `/dev/stdout` or a pipe, is written to as it is.
/// </summary>
public sealed class ReplacedFile : IDisposable
{
    private readonly string _path;
    private readonly string? _partial;
    private readonly DiskStream _stream;
    private bool _committed;

    private ReplacedFile(string path, string? partial)
    {
        (_path, _partial) = (path, partial);
        _stream = new DiskStream(partial ?? path);
    }

    /// <summary>To be written to.</summary>
    public Stream Stream => _stream;

    /// <summary>Begins one; nothing is under the name before it is committed.</summary>
    public static ReplacedFile Begin(string path) => Path.GetDirectoryName(path) is { Length: > 0 } directory && !Directory.Exists(directory)
        ? throw DiagnosticRules.ImageUnwritable.Error($"`{path}` cannot be written: there is no directory `{directory}`")
        : new(path, IsReplaceable(path) ? $"{path}.{Guid.NewGuid():N}.partial" : null);

    /// <summary>The file is complete and gets its name.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await _stream.FlushAsync(cancellationToken);
        await _stream.DisposeAsync();
        if (_partial is not null)
            Disk.Write(_path, () => File.Move(_partial, _path, overwrite: true));
        _committed = true;
    }

    public void Dispose()
    {
        if (_committed)
            return;
        try
        {
            _stream.Dispose();
        }
        finally
        {
            if (_partial is not null)
                File.Delete(_partial);
        }
    }

    /// <summary>A regular file or nothing; a link is somebody's intention, and stays.</summary>
    private static bool IsReplaceable(string path)
    {
        try
        {
            using DirectoryHandle parent = DirectoryHandle.Open(Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".");
            return parent.FindStatus(Encoding.UTF8.GetBytes(Path.GetFileName(path))) is not { Type: not FileType.File };
        }
        // Whoever opens the file says what is wrong.
        catch (ErrnoException)
        {
            return true;
        }
    }
}
