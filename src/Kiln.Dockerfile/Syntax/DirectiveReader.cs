// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>
/// Reads the directives as long as every line is one: any other line ends them for good, so that a directive below a comment is a
/// comment too.
/// </summary>
internal sealed class DirectiveReader
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private bool _ended;

    public char Escape { get; private set; } = '\\';

    /// <summary>Whether a line, its leading blanks removed, is a directive.</summary>
    public bool TryRead(string line, SourceSpan span)
    {
        if (_ended)
            return false;
        if (DirectiveLine.Parse(line) is not { IsKnown: true } directive)
        {
            _ended = true;
            return false;
        }
        if (!_seen.Add(directive.Name))
            throw DiagnosticRules.RepeatedDirective.Error($"only one {directive.Name} parser directive can be used", span);
        if (directive.Name is "escape")
            Escape = directive.Value is ['\\' or '`'] and [char escape] ? escape
                : throw DiagnosticRules.InvalidEscapeDirective.Error(
                    $"invalid escape token '{directive.Value}' does not match ` or \\", ValueSpan(span, directive.Value));
        return true;
    }

    private static SourceSpan ValueSpan(SourceSpan span, string value) =>
        span.Text.EndsWith(value, StringComparison.Ordinal) ? new SourceSpan(span.Source, span.End - value.Length, value.Length) : span;
}
