// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Processes;

/// <summary>
/// System calls to be made one after the other by a child that may run nothing of ours: the first makes it. The rows and all they point to lie
/// outside the managed heap, so that they stay where they are.
/// </summary>
internal sealed unsafe class SyscallScript : IDisposable
{
    private readonly List<nint> _words = [];
    private readonly List<nint> _allocated = [];

    /// <summary>Adds a call. The child ends with status 127 where its result (an error is negative) is below <paramref name="least"/>.</summary>
    internal void Add(long number, ReadOnlySpan<nint> arguments, nint least)
    {
        _words.Add((nint)number);
        for (int i = 0; i < ForkCode.WordsPerRow - 2; i++)
            _words.Add(i < arguments.Length ? arguments[i] : 0);
        _words.Add(least);
    }

    internal nint Allocate(int size)
    {
        nint block = (nint)NativeMemory.AllocZeroed((nuint)size);
        _allocated.Add(block);
        return block;
    }

    internal nint Text(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        nint block = Allocate(bytes.Length + 1);
        Marshal.Copy(bytes, 0, block, bytes.Length);
        return block;
    }

    /// <summary>A vector of strings with a null at its end.</summary>
    internal nint Vector(IReadOnlyList<string> texts)
    {
        nint block = Allocate((texts.Count + 1) * sizeof(nint));
        for (int i = 0; i < texts.Count; i++)
            ((nint*)block)[i] = Text(texts[i]);
        return block;
    }

    /// <summary>Makes the first call; its result, an error being negative.</summary>
    internal nint Run()
    {
        nint table = Allocate(_words.Count * sizeof(nint));
        CollectionsMarshal.AsSpan(_words).CopyTo(new Span<nint>((void*)table, _words.Count));
        return ForkCode.Run((nint*)table);
    }

    public void Dispose()
    {
        foreach (nint block in _allocated)
            NativeMemory.Free((void*)block);
        _allocated.Clear();
    }
}
