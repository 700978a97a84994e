// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>
/// Finds the `syntax` and `check` directives. Unlike the parser this wants the `#` in the first column and passes over a first
/// line that starts with `#!`, and takes the value up to a blank.
/// </summary>
internal static class DirectiveScanner
{
    public static ParserDirectives Scan(SourceText source)
    {
        var directives = new ParserDirectives();
        for (int number = 1; number <= source.LineCount; number++)
        {
            string line = number == 1 ? source.GetLine(1).TrimStart('\uFEFF') : source.GetLine(number);
            if (number == 1 && line.StartsWith("#!", StringComparison.Ordinal))
                continue;
            if (Split(line) is not var (key, value))
                break;
            switch (key)
            {
                case "syntax":
                    directives = directives with { Syntax = value };
                    break;
                case "check":
                    directives = directives with { Check = CheckOptions.Parse(value, source.SpanOfLine(number)) };
                    break;
                case "escape":
                    break;
                default:
                    return directives;
            }
        }
        return directives;
    }

    private static (string Key, string Value)? Split(string line)
    {
        int equals = line.IndexOf('=');
        if (equals < 0 || !line.StartsWith('#'))
            return null;
        string value = line[(equals + 1)..].Trim();
        int blank = value.IndexOf(' ');
        return (line[1..equals].Trim().ToLowerInvariant(), blank < 0 ? value : value[..blank]);
    }
}
