// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Reads a text line by line. A byte order mark at its start belongs to no line.</summary>
internal sealed class PhysicalLineReader(SourceText source, SourceSpan? standIn)
{
    /// <summary>In bytes of UTF-8, without the line feed.</summary>
    private const int MaxLineBytes = 65535;

    private int _position = source.Text.StartsWith('\uFEFF') ? 1 : 0;

    public bool TryRead(out PhysicalLine line)
    {
        string text = source.Text;
        line = default;
        if (_position >= text.Length)
            return false;

        int start = _position;
        int feed = text.IndexOf('\n', start);
        int stop = feed < 0 ? text.Length : feed;
        RequireLength(start, stop);
        int end = start + text.AsSpan(start, stop - start).TrimEnd("\r\n").Length;
        _position = feed < 0 ? text.Length : feed + 1;
        line = new PhysicalLine(start, end, _position);
        return true;
    }

    private void RequireLength(int start, int stop)
    {
        // A code unit of UTF-16 is at most three bytes of UTF-8, so most lines need no counting.
        if (stop - start <= MaxLineBytes / 3 || Encoding.UTF8.GetByteCount(source.Text.AsSpan(start, stop - start)) <= MaxLineBytes)
            return;
        throw DiagnosticRules.LineTooLong.Error(
            $"dockerfile line greater than max allowed size of {MaxLineBytes}", standIn ?? new SourceSpan(source, start, stop - start));
    }
}
