// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Instructions;

/// <summary>Cuts one line of comma-separated values (RFC 4180).</summary>
internal static class CsvFields
{
    /// <summary>The fields; null where a quote is not closed, or stands inside a field that it does not enclose.</summary>
    public static IReadOnlyList<string>? Split(string line)
    {
        var fields = new List<string>();
        for (int i = 0; ; i++)
        {
            string? field = i < line.Length && line[i] == '"' ? ReadQuoted(line, ref i) : ReadPlain(line, ref i);
            if (field is null)
                return null;
            fields.Add(field);
            if (i >= line.Length)
                return fields;
        }
    }

    /// <summary>A field that is not enclosed in quotes holds none.</summary>
    private static string? ReadPlain(string line, ref int position)
    {
        int start = position, comma = line.IndexOf(',', start);
        position = comma < 0 ? line.Length : comma;
        string field = line[start..position];
        return field.Contains('"') ? null : field;
    }

    private static string? ReadQuoted(string line, ref int position)
    {
        var field = new StringBuilder();
        for (position++; position < line.Length; position++)
        {
            if (line[position] != '"')
                field.Append(line[position]);
            else if (position + 1 < line.Length && line[position + 1] == '"')
                field.Append(line[++position]);
            else
                return ++position == line.Length || line[position] == ',' ? field.ToString() : null;
        }
        return null;
    }
}
