// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Kiln.Cli.Rendering;

/// <summary>The two streams of the program: what it says itself goes to the error stream by whole lines, what `RUN` prints as it comes to where it is meant for.</summary>
internal sealed class LogStreams(Stream output, Stream error, TimeProvider time)
{
    private bool _lineOpen;

    /// <summary>Each line that the program says itself begins with the time.</summary>
    internal bool HasTimes { get; init; }

    /// <summary>Everything goes to the error stream: whoever reads both as one then has it in the order in which it was written.</summary>
    internal bool IsOne { get; init; }

    /// <summary>Says one line or several.</summary>
    internal void Say(string text)
    {
        string stamp = HasTimes ? Stamp(time.GetUtcNow()) + " " : "";
        Mark(string.Concat(text.TrimEnd('\n').Split('\n').Select(line => $"{stamp}{line}\n")));
    }

    /// <summary>Writes at the beginning of a line what is no line of the log.</summary>
    internal void Mark(string text)
    {
        if (text.Length == 0)
            return;
        error.Write(Encoding.UTF8.GetBytes((_lineOpen ? "\n" : "") + text));
        error.Flush();
        _lineOpen = false;
    }

    internal void Pass(bool isError, ReadOnlySpan<byte> bytes)
    {
        Stream stream = isError || IsOne ? error : output;
        stream.Write(bytes);
        stream.Flush();
        _lineOpen = bytes[^1] != (byte)'\n';
    }

    /// <summary>Begins a new line where one is open: what follows is a line of its own.</summary>
    internal void PassLine(bool isError, ReadOnlySpan<byte> line) => Pass(isError, [.. _lineOpen ? "\n"u8 : default, .. line]);

    /// <summary>RFC 3339, to the second.</summary>
    internal static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
