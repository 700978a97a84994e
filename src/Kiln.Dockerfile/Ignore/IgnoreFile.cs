// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Ignore;

/// <summary>A `.dockerignore`: one pattern a line, with `#` in the first column for comments.</summary>
public static class IgnoreFile
{
    private const int MaxLineBytes = 65535;

    public static IReadOnlyList<IgnorePattern> Parse(SourceText source)
    {
        var patterns = new List<IgnorePattern>();
        for (int number = 1; number <= source.LineCount; number++)
        {
            string line = source.GetLine(number);
            if (Encoding.UTF8.GetByteCount(line) > MaxLineBytes)
                throw DiagnosticRules.IgnoreLineTooLong.Error($"failed parsing {source.Name}: line too long", source.SpanOfLine(number));
            if (number == 1 && line.StartsWith('\uFEFF'))
                line = line[1..];
            if (!line.StartsWith('#') && IgnorePattern.Parse(Normalize(line.Trim()), source.SpanOfLine(number)) is { } pattern)
                patterns.Add(pattern);
        }
        return patterns;
    }

    /// <summary>Patterns are relative to the context, also where they begin with a slash.</summary>
    private static string Normalize(string line)
    {
        bool isException = line.StartsWith('!');
        string pattern = isException ? line[1..].Trim() : line;
        if (pattern.Length > 0)
            pattern = LexicalPath.Clean(pattern);
        if (pattern.Length > 1 && pattern[0] == '/')
            pattern = pattern[1..];
        return isException ? "!" + pattern : pattern;
    }
}
