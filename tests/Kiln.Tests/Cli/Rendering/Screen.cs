// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Kiln.Tests.Cli.Rendering;

/// <summary>A terminal: as much of one as a live display needs. It is as high as it has to be.</summary>
internal sealed class Screen
{
    private readonly List<StringBuilder> _rows = [new()];
    private int _row;
    private int _column;

    public bool CursorIsVisible { get; private set; } = true;

    public bool Wraps { get; private set; } = true;

    public string Text => string.Join('\n', _rows.Select(row => row.ToString().TrimEnd())).TrimEnd();

    public static Screen Of(MemoryStream written)
    {
        var screen = new Screen();
        screen.Write(Encoding.UTF8.GetString(written.ToArray()));
        return screen;
    }

    private void Write(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\e')
            {
                int end = i + 2;
                while (!char.IsAsciiLetter(text[end]))
                    end++;
                Control(text[(i + 2)..end], text[end]);
                i = end;
            }
            else if (text[i] == '\n')
            {
                (_row, _column) = (_row + 1, 0);
                if (_row == _rows.Count)
                    _rows.Add(new StringBuilder());
            }
            else if (text[i] == '\r')
            {
                _column = 0;
            }
            else
            {
                StringBuilder row = _rows[_row];
                row.Length = Math.Max(row.Length, _column + 1);
                row[_column++] = text[i];
            }
        }
    }

    private void Control(string arguments, char what)
    {
        switch (what)
        {
            case 'A':
                _row = Math.Max(0, _row - int.Parse(arguments, CultureInfo.InvariantCulture));
                break;
            case 'J':
                _rows[_row].Length = Math.Min(_rows[_row].Length, _column);
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case 'K':
                _rows[_row].Length = Math.Min(_rows[_row].Length, _column);
                break;
            case 'h' or 'l' when arguments == "?25":
                CursorIsVisible = what == 'h';
                break;
            case 'h' or 'l' when arguments == "?7":
                Wraps = what == 'h';
                break;
            case 'm':
                break;
            default:
                throw new InvalidOperationException($"this terminal does not know `{arguments}{what}`");
        }
    }
}
