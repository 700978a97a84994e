// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering;

/// <summary>Colour where a person looks at a terminal. No meaning rests on it alone (STYLE.md).</summary>
internal sealed class Style(bool colour)
{
    internal string Bold(string text) => Paint("1", text);

    internal string Dim(string text) => Paint("2", text);

    internal string Red(string text) => Paint("1;31", text);

    internal string Yellow(string text) => Paint("33", text);

    internal string Green(string text) => Paint("32", text);

    internal string Cyan(string text) => Paint("36", text);

    private string Paint(string code, string text) => colour ? $"\e[{code}m{text}\e[0m" : text;
}
