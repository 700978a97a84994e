// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Live;

/// <summary>A line that is drawn again and again.</summary>
/// <param name="Text">With colours.</param>
/// <param name="Columns">How many columns it takes.</param>
internal sealed record LiveLine(string Text, int Columns)
{
    /// <summary>As much of a text as fits, coloured. Control characters of whoever wrote it do not reach the terminal.</summary>
    internal static LiveLine Of(string text, int width, Func<string, string> paint)
    {
        string clipped = Cells.Clip(SourceExcerpt.Printable(text), width);
        return new LiveLine(paint(clipped), Cells.Count(clipped));
    }
}
