// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Dockerfile.Instructions;
using Kiln.Planning.Sources;

namespace Kiln.Planning.Stages;

/// <summary>The `created_by` texts, as BuildKit writes them: Go's formatting verbs and all.</summary>
internal static class HistoryText
{
    private const string BuildKit = " # buildkit";

    internal static string Run(IReadOnlyList<KeyValuePair<string, string?>> args, IReadOnlyList<string> command)
    {
        string prefix = args.Count == 0 ? "" : $"|{args.Count} {string.Concat(args.Select(a => $"{a.Key}={a.Value} "))}";
        return $"RUN {prefix}{string.Join(' ', command)}{BuildKit}";
    }

    internal static string Copy(
        string word, bool parents, string? chown, string? chmod, IEnumerable<string> sources, string destination)
    {
        var text = new StringBuilder(word);
        if (parents)
            text.Append(" --parents");
        if (chown is not null)
            text.Append(" --chown=").Append(chown);
        if (chmod is not null)
            text.Append(" --chmod=").Append(chmod);
        foreach (string source in sources)
            text.Append(' ').Append(source);
        return text.Append(' ').Append(destination).Append(BuildKit).ToString();
    }

    /// <summary>A source as it was written, but for the user of a URL: an image tells no passwords.</summary>
    internal static string Source(string path) => RemoteLocation.IsHttp(path) || RemoteLocation.IsGit(path) ? RemoteLocation.WithoutUser(path) : path;

    internal static string Command(string word, IReadOnlyList<string> arguments) =>
        $"{word} [{string.Join(' ', arguments.Select(Quote))}]";

    internal static string List(string word, IEnumerable<string> values) => $"{word} [{string.Join(' ', values)}]";

    internal static string Pairs(string word, IEnumerable<KeyValuePair<string, string>> pairs) =>
        $"{word} {string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}"))}";

    internal static string Args(IEnumerable<KeyValuePair<string, string?>> args) =>
        $"ARG {string.Join(' ', args.Select(a => a.Value is null ? a.Key : $"{a.Key}={a.Value}"))}";

    /// <summary>Go's `%q` of the structure: the retries are quoted as a character.</summary>
    internal static string Healthcheck(IReadOnlyList<string> test, HealthcheckTiming timing)
    {
        IEnumerable<string> durations = new[] { timing.Interval, timing.Timeout, timing.StartPeriod, timing.StartInterval }
            .Select(nanoseconds => Quote(Duration(nanoseconds)));
        return $"HEALTHCHECK &{{[{string.Join(' ', test.Select(Quote))}] {string.Join(' ', durations)} '{Escape(timing.Retries, '\'')}'}}";
    }

    /// <summary>Go's strconv.Quote.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
            quoted.Append(Escape(rune.Value, '"'));
        return quoted.Append('"').ToString();
    }

    private static string Escape(int code, char quote) => code switch
    {
        '\\' => "\\\\",
        '\a' => "\\a",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\v' => "\\v",
        _ when code == quote => $"\\{quote}",
        < ' ' or 0x7f => $"\\x{code:x2}",
        _ when !Rune.IsValid(code) => "\uFFFD",
        _ when IsPrintable(new Rune(code)) => new Rune(code).ToString(),
        < 0x10000 => $"\\u{code:x4}",
        _ => $"\\U{code:x8}",
    };

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>Go's time.Duration.String.</summary>
    internal static string Duration(long nanoseconds)
    {
        if (nanoseconds == 0)
            return "0s";
        string sign = nanoseconds < 0 ? "-" : "";
        decimal left = Math.Abs((decimal)nanoseconds);
        if (left < 1_000_000_000)
        {
            (decimal unit, string name) = left < 1000 ? (1m, "ns") : left < 1_000_000 ? (1000m, "\u00b5s") : (1_000_000m, "ms");
            return $"{sign}{Number(left / unit)}{name}";
        }
        decimal seconds = left / 1_000_000_000;
        long minutes = (long)(seconds / 60);
        long hours = minutes / 60;
        string tail = $"{Number(seconds - (minutes * 60))}s";
        return sign + (hours > 0 ? $"{hours}h{minutes % 60}m{tail}" : minutes > 0 ? $"{minutes}m{tail}" : tail);
    }

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
