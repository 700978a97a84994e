// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering;

/// <summary>What steps print that run at the same time, cut into lines, so that no line is of two.</summary>
internal sealed class StageLines
{
    private readonly Dictionary<(string Stage, bool IsError), List<byte>> _open = [];

    /// <summary>Whether a line of a stage has begun and not ended.</summary>
    internal bool IsOpen(string stage, bool isError) => _open.ContainsKey((stage, isError));

    /// <summary>Takes bytes and gives the lines that end in them, with their ends.</summary>
    internal IReadOnlyList<byte[]> Add(string stage, bool isError, ReadOnlySpan<byte> bytes)
    {
        if (!_open.Remove((stage, isError), out List<byte>? open))
            open = [];
        var lines = new List<byte[]>();
        foreach (byte one in bytes)
        {
            open.Add(one);
            if (one != (byte)'\n')
                continue;
            lines.Add([.. open]);
            open.Clear();
        }
        if (open.Count > 0)
            _open[(stage, isError)] = open;
        return lines;
    }

    /// <summary>The lines that a stage's step has left without an end.</summary>
    internal IReadOnlyList<(bool IsError, byte[] Line)> End(string stage)
    {
        var lines = new List<(bool, byte[])>();
        foreach (bool isError in new[] { false, true })
            if (_open.Remove((stage, isError), out List<byte>? open))
                lines.Add((isError, [.. open]));
        return lines;
    }
}
