// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>
/// Finds the `syntax` and `check` directives. Unlike the parser this wants the `#` in the first column and passes over a first
/// line that starts with `#!`, takes the value up to a blank, and the first of two.
/// </summary>
internal static class DirectiveScanner
{
    public static ParserDirectives Scan(SourceText source)
    {
        var directives = new ParserDirectives();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int number = 1; number <= source.LineCount; number++)
        {
            string line = number == 1 ? source.GetLine(1).TrimStart('\uFEFF') : source.GetLine(number);
            if (number == 1 && line.StartsWith("#!", StringComparison.Ordinal))
                continue;
            if (DirectiveLine.Parse(line) is not { } directive || !seen.Add(directive.Name))
                break;
            if (!directive.IsKnown)
                return Suggestion.Closest(directive.Name, DirectiveLine.Names) is { } meant
                    ? directives with { Misspelt = new MisspeltDirective(directive.Name, meant, source.SpanOfLine(number)) }
                    : directives;
            int blank = directive.Value.IndexOf(' ');
            string value = blank < 0 ? directive.Value : directive.Value[..blank];
            if (directive.Name is "syntax")
                directives = directives with { Syntax = value };
            else if (directive.Name is "check")
                directives = directives with { Check = CheckOptions.Parse(value, source.SpanOfLine(number).Find(value)) };
        }
        return directives;
    }
}
