// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Workflows;

/// <summary>
/// The workflow commands of GitHub Actions: groups, and annotations. A line of the log is a command too if a step of a Dockerfile prints it, as `::add-path::`: what steps
/// print stands between `::stop-commands::` and a word that nobody can guess. The runner takes `::` at the beginning of a line and `##[` anywhere in it.
/// </summary>
internal sealed class GitHubLog : IWorkflowLog
{
    private readonly string _workspace;
    private readonly Func<string> _nextWord;
    private string? _word;

    /// <param name="workspace">What annotations name files relative to.</param>
    internal GitHubLog(string workspace)
        : this(workspace, () => RandomNumberGenerator.GetHexString(32, lowercase: true))
    {
    }

    /// <param name="workspace">What annotations name files relative to.</param>
    /// <param name="nextWord">A word that ends an interruption; nobody may guess it, and none is used twice.</param>
    internal GitHubLog(string workspace, Func<string> nextWord) => (_workspace, _nextWord) = (workspace, nextWord);

    public bool ReadsBothStreams => true;

    public string Open(string title, DateTimeOffset now) => $"{AfterOutput()}::group::{EscapeData(title)}\n";

    public string Close(DateTimeOffset now) => $"{AfterOutput()}::endgroup::\n";

    public string BeforeOutput()
    {
        if (_word is not null)
            return "";
        _word = _nextWord();
        return $"::stop-commands::{_word}\n";
    }

    public string AfterOutput()
    {
        string resume = _word is null ? "" : $"::{_word}::\n";
        _word = null;
        return resume;
    }

    public string Annotate(bool isError, string title, string message, SourceSpan? span)
    {
        string place = span is { } where
            ? $"file={EscapeProperty(FileOf(where.Source))},line={where.Line},endLine={where.LastLine},col={where.Column},"
            : "";
        return $"{AfterOutput()}::{(isError ? "error" : "warning")} {place}title={EscapeProperty(title)}::{EscapeData(message)}\n";
    }

    public string Neutral(string text) => string.Join('\n', text.Split('\n').Select(line =>
    {
        string inert = line.Replace("##[", "## [", StringComparison.Ordinal);
        int start = inert.Length - inert.TrimStart().Length;
        return inert.AsSpan(start).StartsWith("::") ? $"{inert.AsSpan(0, start)}: :{inert.AsSpan(start + 2)}" : inert;
    }));

    private string FileOf(SourceText source) =>
        source.Path is { } path && Path.GetRelativePath(_workspace, path) is var relative && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : source.Name;

    private static string EscapeData(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string EscapeProperty(string text) =>
        EscapeData(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
