// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering;

/// <summary>What a step printed, to be shown if it fails: all of it, or of very much the end.</summary>
internal sealed class StepTranscript
{
    /// <summary>Nobody scrolls back farther, and a builder's memory is for its work.</summary>
    internal const int Most = 16 << 20;

    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new();
    private long _kept;
    private long _dropped;

    internal void Add(ReadOnlyMemory<byte> bytes)
    {
        _pieces.Enqueue(bytes);
        _kept += bytes.Length;
        while (_kept > Most)
        {
            int length = _pieces.Dequeue().Length;
            (_kept, _dropped) = (_kept - length, _dropped + length);
        }
    }

    /// <summary>How much of the beginning is gone.</summary>
    internal long Dropped => _dropped;

    internal byte[] Read() => [.. _pieces.SelectMany(piece => piece.ToArray())];
}
