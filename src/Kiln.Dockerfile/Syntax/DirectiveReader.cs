// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>
/// Reads the directives as long as every line is one: any other line ends them for good, so that a directive below a comment is a
/// comment too.
/// </summary>
internal sealed partial class DirectiveReader
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private bool _ended;

    public char Escape { get; private set; } = '\\';

    /// <summary>Whether a line, its leading blanks removed, is a directive.</summary>
    public bool TryRead(string line, SourceSpan span)
    {
        if (_ended)
            return false;
        Match match = Directive.Match(line);
        string key = match.Groups["key"].Value.ToLowerInvariant();
        if (key is not ("syntax" or "escape" or "check"))
        {
            _ended = true;
            return false;
        }
        if (!_seen.Add(key))
            throw DiagnosticRules.RepeatedDirective.Error($"only one {key} parser directive can be used", span);
        if (key is "escape")
            Escape = match.Groups["value"].Value is ['\\' or '`'] and [char escape] ? escape
                : throw DiagnosticRules.InvalidEscapeDirective.Error(
                    $"invalid escape token '{match.Groups["value"].Value}' does not match ` or \\", span);
        return true;
    }

    [GeneratedRegex(@"^#[\t\f\r ]*(?<key>[a-zA-Z][a-zA-Z0-9]*)[\t\f\r ]*=[\t\f\r ]*(?<value>.+?)[\t\f\r ]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Directive { get; }
}
