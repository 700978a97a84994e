// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Syntax;

/// <summary>A comment that has the shape of a parser directive: `# name=value`, the name in lower case.</summary>
internal readonly record struct DirectiveLine(string Name, string Value)
{
    /// <summary>What Go's regular expressions call `\s`.</summary>
    private const string Blanks = " \t\n\f\r";

    /// <summary>The directives that there are. Any other name ends them like an ordinary comment.</summary>
    public static readonly IReadOnlyList<string> Names = ["check", "escape", "syntax"];

    public bool IsKnown => Names.Contains(Name);

    /// <summary>The directive of a line that begins with `#`; null where it is another comment.</summary>
    public static DirectiveLine? Parse(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith('#'))
            return null;
        ReadOnlySpan<char> rest = line[1..].TrimStart();
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetter(rest[length]) || (length > 0 && char.IsAsciiDigit(rest[length]))))
            length++;
        ReadOnlySpan<char> afterName = rest[length..].TrimStart(Blanks);
        if (length == 0 || !afterName.StartsWith('=') || afterName.Length == 1)
            return null;
        // A value of blanks alone is one blank.
        ReadOnlySpan<char> value = afterName[1..].Trim(Blanks);
        return new DirectiveLine(rest[..length].ToString().ToLowerInvariant(), value.IsEmpty ? afterName[^1..].ToString() : value.ToString());
    }
}
