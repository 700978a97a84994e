// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Store;

/// <summary>The failures of a disk, as the user is told them.</summary>
internal static class Disk
{
    public static T Write<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    public static void Write(string path, Action write) => Write<object?>(path, () =>
    {
        write();
        return null;
    });

    /// <summary>Puts content under a name in one step: nobody sees half of it.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string partial = path + ".partial";
        using (var stream = new DiskStream(partial))
            stream.Write(content);
        Write(path, () => File.Move(partial, path, overwrite: true));
    }

    /// <summary>The same, of which what is there already stays: of many who do it at once the first counts.</summary>
    public static void CreateOnce(string path, ReadOnlySpan<byte> content)
    {
        string partial = $"{path}.{Guid.NewGuid():N}";
        using (var stream = new DiskStream(partial))
            stream.Write(content);
        Write(path, () =>
        {
            try
            {
                File.Move(partial, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(partial);
            }
        });
    }

    public static BuildException Unwritable(string path, Exception e) =>
        DiagnosticRules.ImageUnwritable.Error($"`{path}` cannot be written: {e.Message.TrimEnd('.')}", inner: e);
}
