// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Sources;

/// <summary>A file of the builder's own, by its path.</summary>
public sealed class ScratchFileSource(string path) : ContentSource
{
    public override Stream Open() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
}
