// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Kiln.Layers.Blobs;

/// <summary>A block of a layer on its way: plain bytes first, packed ones later. It is one thread's at a time, and is used again and again.</summary>
internal sealed class Block(int size) : IDisposable
{
    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(size);
    private readonly ManualResetEventSlim _done = new();
    private int _count;
    private ExceptionDispatchInfo? _failure;

    internal bool IsFull => _count == size;

    internal bool IsEmpty => _count == 0;

    internal ReadOnlyMemory<byte> Plain => _plain.AsMemory(0, _count);

    /// <summary>The packed bytes, from the stream's start to its end.</summary>
    internal MemoryStream Packed { get; } = new();

    /// <summary>What the format wants to know of the plain bytes when the block's turn comes.</summary>
    internal uint Checksum { get; set; }

    /// <summary>Takes as much as there is room for, and says how much that was.</summary>
    internal int Fill(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, size - _count);
        bytes[..count].CopyTo(_plain.AsSpan(_count));
        _count += count;
        return count;
    }

    /// <summary>Packs; a failure is kept for whoever waits.</summary>
    internal void Pack(BlockFormat format)
    {
        try
        {
            format.Pack(this);
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
        _done.Set();
    }

    internal void Wait(CancellationToken cancellationToken)
    {
        _done.Wait(cancellationToken);
        _failure?.Throw();
    }

    internal void Clear()
    {
        _count = 0;
        Packed.SetLength(0);
        _done.Reset();
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_plain);
        Packed.Dispose();
        _done.Dispose();
    }
}
