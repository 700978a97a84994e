// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Build.Copying;

/// <summary>
/// The value of `--chmod`: an octal mode, or symbolic clauses as chmod(1) has them (`u=rwX,go=rX`), evaluated with a umask of 0.
/// </summary>
public sealed class ModeChange
{
    private readonly int? _octal;
    private readonly IReadOnlyList<Clause> _clauses;

    private ModeChange(int? octal, IReadOnlyList<Clause> clauses) => (_octal, _clauses) = (octal, clauses);

    public static bool TryParse(string text, out ModeChange? change)
    {
        change = null;
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            if (text.Length > 8 || text.Any(c => c > '7') || Convert.ToInt32(text, 8) is not (<= 0xFFF and var mode))
                return false;
            change = new ModeChange(mode, []);
            return true;
        }
        var clauses = new List<Clause>();
        foreach (string part in text.Split(','))
            if (!TryParseClause(part, clauses))
                return false;
        change = new ModeChange(null, clauses);
        return true;
    }

    /// <summary>The mode that a file of some mode gets.</summary>
    public int Apply(int mode, bool isDirectory)
    {
        if (_octal is { } fixedMode)
            return fixedMode;
        foreach (Clause clause in _clauses)
            mode = clause.Apply(mode, isDirectory);
        return mode;
    }

    /// <summary>`[ugoa]*([-+=]([rwxXst]*|[ugo]))+`</summary>
    private static bool TryParseClause(string text, List<Clause> clauses)
    {
        int at = 0;
        int who = 0;
        for (; at < text.Length && "ugoa".Contains(text[at], StringComparison.Ordinal); at++)
            who |= text[at] switch { 'u' => 4, 'g' => 2, 'o' => 1, _ => 7 };
        who = who == 0 ? 7 : who;
        if (at == text.Length)
            return false;
        while (at < text.Length)
        {
            char operation = text[at++];
            if (operation is not ('+' or '-' or '='))
                return false;
            int start = at;
            while (at < text.Length && text[at] is not ('+' or '-' or '='))
                at++;
            string permissions = text[start..at];
            bool copies = permissions is "u" or "g" or "o";
            if (!copies && permissions.Any(c => !"rwxXst".Contains(c, StringComparison.Ordinal)))
                return false;
            clauses.Add(new Clause(who, operation, permissions));
        }
        return true;
    }

    public override string ToString() => _octal is { } mode ? Convert.ToString(mode, 8).ToString(CultureInfo.InvariantCulture) : string.Join(',', _clauses);

    private sealed record Clause(int Who, char Operation, string Permissions)
    {
        internal int Apply(int mode, bool isDirectory)
        {
            int set = 0, covered = 0;
            for (int position = 0; position < 3; position++)
            {
                int shift = 3 * (2 - position);
                if ((Who & (4 >> position)) == 0)
                    continue;
                covered |= 7 << shift;
                set |= Bits(mode, isDirectory) << shift;
            }
            // The set-id bits belong to `u` and `g`, the sticky bit to `o`.
            if ((Who & 4) != 0)
                (covered, set) = (covered | 0x800, set | (Has('s') ? 0x800 : 0));
            if ((Who & 2) != 0)
                (covered, set) = (covered | 0x400, set | (Has('s') ? 0x400 : 0));
            if ((Who & 1) != 0)
                (covered, set) = (covered | 0x200, set | (Has('t') ? 0x200 : 0));
            return Operation switch
            {
                '+' => mode | set,
                '-' => mode & ~set,
                _ => (mode & ~(isDirectory ? covered & ~0xC00 : covered)) | set, // chmod(1): a directory keeps its set-id bits
            };
        }

        private int Bits(int mode, bool isDirectory) => Permissions switch
        {
            "u" => (mode >> 6) & 7,
            "g" => (mode >> 3) & 7,
            "o" => mode & 7,
            _ => (Has('r') ? 4 : 0) | (Has('w') ? 2 : 0)
                | (Has('x') || (Has('X') && (isDirectory || (mode & 0x49) != 0)) ? 1 : 0),
        };

        private bool Has(char permission) => Permissions.Contains(permission, StringComparison.Ordinal);
    }
}
