// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Oci;

namespace Kiln.Build.Caching;

/// <summary>What is in the files of one source, each of which is read once a build, in a buffer of its own, several at a time.</summary>
internal sealed class FileDigests
{
    private readonly ConcurrentDictionary<UnixPath, Lazy<Digest>> _digests = new();

    internal async Task ReadAsync(IReadOnlyCollection<(UnixPath Path, ContentSource Content)> files, CancellationToken cancellationToken) =>
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            (file, token) =>
            {
                _ = _digests.GetOrAdd(file.Path, _ => new Lazy<Digest>(() => Read(file.Content))).Value;
                return ValueTask.CompletedTask;
            });

    /// <summary>The digest of a file that was read.</summary>
    internal Digest Of(UnixPath path) => _digests[path].Value;

    private static Digest Read(ContentSource content)
    {
        using Stream stream = content.Open();
        return Digest.FromSha256Hash(SHA256.HashData(stream));
    }
}
