// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Contexts.Http;

/// <summary>A file that grows as it arrives, hashed on the way. That the disk is full is not taken for a broken connection.</summary>
internal sealed class DownloadFile(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal long Size { get; private set; }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
        }
        catch (IOException e)
        {
            throw DiagnosticRules.DiskFailed.Error($"the download cannot be written: {e.Message}", inner: e);
        }
        _hash.AppendData(bytes);
        Size += bytes.Length;
    }

    internal void Restart()
    {
        _file.SetLength(0);
        _file.Position = 0;
        _hash.GetHashAndReset();
        Size = 0;
    }

    internal Digest Complete() => Digest.FromSha256Hash(_hash.GetHashAndReset());

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }
}
