// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Oci;

namespace Kiln.Build.Caching;

/// <summary>Layers that a cache had said to have, and that could not be read when they were needed. A build that meets one begins again without it.</summary>
internal sealed class LostLayers
{
    private readonly ConcurrentDictionary<Digest, bool> _layers = new();

    internal int Count => _layers.Count;

    internal void Add(Digest blob) => _layers[blob] = true;

    internal bool Contains(Digest blob) => _layers.ContainsKey(blob);
}
