// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Ignore;

/// <summary>
/// A pattern of an ignore file, of `--exclude` or of `--parents`, with the meaning that Docker's pattern matcher gives it. Paths
/// are bytes without a leading slash.
/// </summary>
public sealed class IgnorePattern
{
    private const string Special = @"*?[]\";

    private readonly Kind _kind;

    /// <summary>What is compared, unless there is a program.</summary>
    private readonly byte[] _text;

    private readonly GlobProgram _program;

    private IgnorePattern(string text, bool isException, GlobProgram program)
    {
        Text = text;
        IsException = isException;
        _program = program;
        (_kind, string plain) = Classify(text);
        _text = Encoding.UTF8.GetBytes(plain);
    }

    private enum Kind
    {
        Exact,
        Prefix,
        Suffix,
        Glob,
    }

    /// <summary>The pattern, cleaned, without the `!`.</summary>
    public string Text { get; }

    /// <summary>Whether it begins with `!`: then what it matches is not ignored after all.</summary>
    public bool IsException { get; }

    /// <summary>The pattern; null where the text is blank.</summary>
    public static IgnorePattern? Parse(string text, SourceSpan? span)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0)
            return null;
        string cleaned = LexicalPath.Clean(trimmed);
        bool isException = cleaned.StartsWith('!');
        if (cleaned is "!")
            throw DiagnosticRules.InvalidIgnorePattern.Error("illegal exclusion pattern: \"!\"", span, "write a pattern behind the `!`");
        string pattern = isException ? cleaned[1..] : cleaned;
        return IgnoreCompiler.Compile(pattern) is { } program
            ? new IgnorePattern(pattern, isException, program)
            : throw DiagnosticRules.InvalidIgnorePattern.Error($"syntax error in pattern: `{trimmed}`", span, HintFor(pattern));
    }

    private static string? HintFor(string pattern) =>
        pattern.IndexOf('\\') is >= 0 and var at && at + 1 < pattern.Length && char.IsLetterOrDigit(pattern[at + 1])
            ? "write `/` between directories: a backslash makes a wildcard literal"
            : null;

    /// <summary>Whether the pattern matches a path itself.</summary>
    public bool Matches(ReadOnlySpan<byte> path) => _kind switch
    {
        Kind.Exact => path.SequenceEqual(_text),
        Kind.Prefix => path.StartsWith(_text),
        Kind.Suffix => EndsWithText(path),
        Kind.Glob => _program.Matches(path),
    };

    /// <summary>Whether the pattern matches a path or one of the directories that it lies in.</summary>
    public bool MatchesPathOrParent(ReadOnlySpan<byte> path) => _kind switch
    {
        Kind.Exact => path.StartsWith(_text) && (path.Length == _text.Length || path[_text.Length] == '/'),
        Kind.Prefix => path.StartsWith(_text),
        Kind.Suffix => AnyEndsWithText(path),
        Kind.Glob => _program.MatchesPathOrParent(path),
    };

    /// <summary>Whether there may be a path below a directory that the pattern matches.</summary>
    public bool CanMatchBelow(ReadOnlySpan<byte> directory) => _kind switch
    {
        Kind.Exact => IsBelow(_text, directory),
        Kind.Prefix => IsBelow(_text, directory) || directory.StartsWith(_text),
        Kind.Suffix => true,
        Kind.Glob => _program.CanMatchBelow(directory),
    };

    public override string ToString() => IsException ? "!" + Text : Text;

    /// <summary>
    /// Docker compares bytes where the only wildcard is a `**` at one end, so that `**foo` matches `barfoo`, and `a/**` does not
    /// match `a`.
    /// </summary>
    private static (Kind Kind, string Plain) Classify(string text)
    {
        bool IsPlain(string part) => part.AsSpan().IndexOfAny(Special) < 0;

        if (IsPlain(text))
            return (Kind.Exact, text);
        if (text.StartsWith("**", StringComparison.Ordinal) && IsPlain(text[2..]))
            return (Kind.Suffix, text[2..]);
        return text.EndsWith("**", StringComparison.Ordinal) && IsPlain(text[..^2]) ? (Kind.Prefix, text[..^2]) : (Kind.Glob, "");
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        directory.IsEmpty || (path.Length > directory.Length && path.StartsWith(directory) && path[directory.Length] == '/');

    private bool EndsWithText(ReadOnlySpan<byte> path) =>
        path.EndsWith(_text) || (_text is [(byte)'/', ..] && path.SequenceEqual(_text.AsSpan(1)));

    private bool AnyEndsWithText(ReadOnlySpan<byte> path)
    {
        for (int end = 0; end < path.Length; end++)
            if (path[end] == '/' && EndsWithText(path[..end]))
                return true;
        return EndsWithText(path);
    }
}
