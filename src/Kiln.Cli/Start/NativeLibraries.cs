// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Runtime.InteropServices;
using Kiln.Linux.Files;

namespace Kiln.Cli.Start;

/// <summary>
/// OpenSSL and the compressors: those of the machine where it has them, for they are patched with it; else the ones that travel in this file, since a slim
/// container has none. libzstd is always the one in this file: it writes layers, whose bytes shall not depend on the machine. They are loaded from anonymous
/// memory, so nothing has to be writable. .NET finds them loaded, by their sonames.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>In this order: libssl needs libcrypto.</summary>
    private static readonly string[] Names = ["libcrypto.so.3", "libssl.so.3", "libzstd.so.1", "liblzma.so.5", "libbz2.so.1.0"];

    private const string LayerPacker = "libzstd.so.1";

    internal static void Load()
    {
        // All stay open until the last is loaded: the loader knows a library by its path, and a descriptor that is closed lends its number to the next.
        var files = new List<MemoryFile>();
        foreach (string name in Names)
            if ((name == LayerPacker || !NativeLibrary.TryLoad(name, out _)) && OpenEmbedded(name) is { } file)
                files.Add(file);
        files.ForEach(file => file.Dispose());
    }

    /// <summary>Null where the file was built without: then the machine's is missed, and whoever misses it says so.</summary>
    private static MemoryFile? OpenEmbedded(string name)
    {
        using Stream? library = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (library is null)
            return null;
        MemoryFile file = MemoryFile.Create(name, library);
        // A libc that is older than the one the library was built for refuses it; then .NET looks for an older OpenSSL by itself.
        NativeLibrary.TryLoad(file.Path, out _);
        return file;
    }
}
