// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Cli.Rendering.Live;

/// <summary>The last lines of what a step prints, as a terminal may show them beside others: without control characters, and of a line that is written over what it is now.</summary>
internal sealed class OutputTail
{
    /// <summary>How many lines are kept.</summary>
    internal const int Most = 6;

    /// <summary>Of a longer line the rest is not shown.</summary>
    private const int Longest = 4096;

    private readonly Queue<string> _lines = new();
    private readonly List<byte> _open = [];
    private State _state;
    private bool _returned;

    private enum State
    {
        Text,

        /// <summary>After ESC.</summary>
        Escape,

        /// <summary>In what ESC [ begins, up to a letter.</summary>
        Control,

        /// <summary>In what ESC ] and its like begin, up to BEL or ESC.</summary>
        String,
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
            Add(one);
    }

    /// <summary>The last lines, the newest at the end; what has no end yet is one too.</summary>
    internal IReadOnlyList<string> Read(int most)
    {
        IEnumerable<string> all = _open.Count > 0 ? _lines.Append(Text()) : _lines;
        return [.. all.TakeLast(most)];
    }

    private void Add(byte one)
    {
        (State before, _state) = (_state, Next(one));
        if (before != State.Text || _state != State.Text)
            return;
        if (one == (byte)'\n')
        {
            if (_open.Count > 0)
                _lines.Enqueue(Text());
            if (_lines.Count > Most)
                _lines.Dequeue();
            _open.Clear();
            _returned = false;
        }
        else if (one == (byte)'\r')
        {
            _returned = true;
        }
        else if (_open.Count < Longest || _returned)
        {
            // What is written after a return is written over what was there.
            if (_returned)
                _open.Clear();
            _returned = false;
            _open.Add(one);
        }
    }

    private State Next(byte one) => (_state, one) switch
    {
        (State.Text, 0x1B) or (State.String, 0x1B) => State.Escape,
        (State.Text, _) => State.Text,
        (State.Escape, (byte)'[') => State.Control,
        (State.Escape, (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_') => State.String,
        (State.Escape, >= 0x20 and < 0x30) => State.Escape,
        (State.Escape, _) => State.Text,
        (State.Control, >= 0x40 and < 0x7F) => State.Text,
        (State.Control, _) => State.Control,
        (State.String, 0x07) => State.Text,
        (State.String, _) => State.String,
        _ => State.Text,
    };

    private string Text() =>
        string.Concat(Encoding.UTF8.GetString([.. _open]).Replace("\t", "    ", StringComparison.Ordinal).Where(c => !char.IsControl(c)));
}
