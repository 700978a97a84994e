// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Kiln.Oci;

namespace Kiln.Layers.Blobs;

/// <summary>
/// Takes a layer's plain bytes and writes its blob:
/// 1. The writing thread fills blocks, and waits where all of them are on their way.
/// 2. Several threads pack them.
/// 3. One thread hashes plain and packed bytes in their order and writes the blob.
/// A layer of less than a block starts no thread. Memory is that of <see cref="BlocksInFlight"/> blocks, however large the layer is.
/// </summary>
internal sealed class PackingStream : WriteOnlyStream
{
    internal const int BlocksInFlight = 16;

    private readonly BlockFormat _format;
    private readonly int _packers;
    private readonly IncrementalHash _plain = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly DigestingStream _packed;
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<Block> _free = [];
    private readonly BlockingCollection<Block> _toPack = [];
    private readonly BlockingCollection<Block> _inOrder = [];
    private readonly List<Block> _blocks = [];
    private readonly List<Thread> _threads = [];
    private Block? _current;
    private ExceptionDispatchInfo? _failure;

    /// <param name="blob">Where the blob goes; stays open.</param>
    /// <param name="format">How it is packed; owned by the stream.</param>
    /// <param name="packers">How many threads pack.</param>
    internal PackingStream(Stream blob, BlockFormat format, int packers)
    {
        _format = format;
        _packers = Math.Clamp(packers, 1, BlocksInFlight);
        _packed = new DigestingStream(blob);
        _packed.Write(format.Start.Span);
    }

    // Step 1
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            _current ??= TakeFree();
            buffer = buffer[_current.Fill(buffer)..];
            if (_current.IsFull)
                SendOff();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Nothing: blocks leave when they are full.</summary>
    public override void Flush()
    {
    }

    /// <summary>Ends the blob: nothing can be written afterwards. It may be called once.</summary>
    internal LayerSummary Complete()
    {
        if (_threads.Count > 0)
        {
            if (_current is not null)
                SendOff();
            _toPack.CompleteAdding();
            _inOrder.CompleteAdding();
            Join();
            _failure?.Throw();
        }
        else if (_current is { } only)
        {
            only.Pack(_format);
            Finish(only);
        }
        _packed.Write(_format.GetEnd().Span);
        (Digest digest, long size) = _packed.Complete();
        return new LayerSummary(Digest.FromSha256Hash(_plain.GetHashAndReset()), digest, size);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Cancel();
            Join();
            _blocks.ForEach(block => block.Dispose());
            _free.Dispose();
            _toPack.Dispose();
            _inOrder.Dispose();
            _stop.Dispose();
            _plain.Dispose();
            _packed.Dispose();
            _format.Dispose();
        }
        base.Dispose(disposing);
    }

    private Block TakeFree()
    {
        if (_free.TryTake(out Block? block))
            return block;
        if (_blocks.Count < BlocksInFlight)
        {
            _blocks.Add(block = new Block(_format.BlockSize));
            return block;
        }
        try
        {
            return _free.Take(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            _failure?.Throw();
            throw;
        }
    }

    private void SendOff()
    {
        if (_threads.Count == 0)
            Start(Drain, "layer writer");
        if (_threads.Count <= _packers)
            Start(Pack, "layer packer");
        _toPack.Add(_current!);
        _inOrder.Add(_current!);
        _current = null;
    }

    // Step 2
    private void Pack()
    {
        foreach (Block block in _toPack.GetConsumingEnumerable(_stop.Token))
            block.Pack(_format);
    }

    // Step 3
    private void Drain()
    {
        foreach (Block block in _inOrder.GetConsumingEnumerable(_stop.Token))
        {
            Finish(block);
            block.Clear();
            _free.Add(block);
        }
    }

    private void Finish(Block block)
    {
        // Before waiting: meanwhile it is being packed.
        _plain.AppendData(block.Plain.Span);
        block.Wait(_stop.Token);
        _format.Append(block);
        _packed.Write(block.Packed.GetBuffer().AsSpan(0, (int)block.Packed.Length));
    }

    // Threads of their own: the pool's few would be taken from everything else that goes on, transfers first.
    private void Start(Action work, string name)
    {
        var thread = new Thread(() => Run(work)) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    private void Run(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            _stop.Cancel();
        }
    }

    private void Join() => _threads.ForEach(thread => thread.Join());
}
