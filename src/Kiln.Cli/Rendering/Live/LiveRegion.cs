// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux.Terminals;

namespace Kiln.Cli.Rendering.Live;

/// <summary>The lowest lines of a terminal, which are drawn again and again; what is said for good goes above them. The cursor stands below them, and is hidden from the first drawing on to <see cref="End"/>.</summary>
internal sealed class LiveRegion(Stream terminal)
{
    internal const string ShowCursor = "\e[?25h";

    private const string HideCursor = "\e[?25l";

    // Whatever a terminal takes for wide: a line must not become two.
    private const string WithoutWrap = "\e[?7l";
    private const string WithWrap = "\e[?7h";

    private IReadOnlyList<LiveLine> _drawn = [];

    /// <summary>Gives the region up, and leaves the terminal as anybody expects it, whatever a step that failed made of it.</summary>
    internal void End(TerminalSize size)
    {
        Draw([], [], size);
        terminal.Write(Encoding.ASCII.GetBytes($"\e[0m{WithWrap}{ShowCursor}"));
        terminal.Flush();
    }

    /// <summary>Draws the lines anew. A terminal that became narrower since has broken those that are longer.</summary>
    /// <param name="above">What is said for good, with its line ends.</param>
    /// <param name="lines">The region; nothing to give it up.</param>
    /// <param name="size">The terminal's size now.</param>
    internal void Draw(ReadOnlySpan<byte> above, IReadOnlyList<LiveLine> lines, TerminalSize size)
    {
        if (above.IsEmpty && _drawn.Count == 0 && lines.Count == 0)
            return;
        var frame = new List<byte>();
        // A terminal may keep what is erased from its first line on, so that what stays in its place is written over.
        bool over = above.IsEmpty && lines.Count > 0 && _drawn.All(line => line.Columns < size.Columns);
        int rows = _drawn.Sum(line => Math.Max(1, (line.Columns + size.Columns - 1) / size.Columns));
        if (rows > 0)
            frame.AddRange(Encoding.ASCII.GetBytes($"\r\e[{rows}A{(over ? "" : "\e[J")}"));
        frame.AddRange(above);
        if (lines.Count > 0)
            frame.AddRange(Encoding.UTF8.GetBytes($"{HideCursor}{WithoutWrap}{string.Concat(lines.Select(line => $"{line.Text}\e[K\n"))}\e[J{WithWrap}"));
        _drawn = lines;
        terminal.Write([.. frame]);
        terminal.Flush();
    }
}
