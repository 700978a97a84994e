// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Cli.Commands;
using Kiln.Diagnostics;

namespace Kiln.Cli.Start;

/// <summary>The fields of an `--output`, as buildx reads them: comma-separated values, of which one with a comma or a quote in it stands in quotes. Each is taken once, and what nobody takes is refused.</summary>
internal sealed class OutputSpecification
{
    private readonly string _text;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="BuildException">It is not spelled so.</exception>
    internal OutputSpecification(string text)
    {
        _text = text;
        List<string> fields = Split(text);
        if (fields is [var only] && !only.StartsWith("type=", StringComparison.Ordinal))
        {
            _values["type"] = only == "-" ? "tar" : "local";
            _values["dest"] = only.Length > 0 ? only : throw Refuse("names nothing", "write `type=TYPE,...`, or a directory");
            return;
        }
        foreach (string field in fields)
        {
            int equals = field.IndexOf('=');
            if (equals <= 0)
                throw Refuse($"has `{field}`, which is not of the form NAME=VALUE");
            if (!_values.TryAdd(field[..equals].Trim(), field[(equals + 1)..]))
                throw Refuse($"says `{field[..equals].Trim()}` twice");
        }
    }

    internal string? Take(string name) => _values.Remove(name, out string? value) ? value : null;

    internal bool? TakeBoolean(string name) => Take(name) is { } word ? GoBoolean.Parse(word, $"`{name}` in `--output {_text}`") : null;

    /// <summary>All whose name begins so, by what follows.</summary>
    internal IEnumerable<KeyValuePair<string, string>> TakeAll(string prefix)
    {
        foreach (string name in _values.Keys.Where(name => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList())
            yield return new(name[prefix.Length..], Take(name)!);
    }

    internal void RefuseRest()
    {
        if (_values.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw Refuse($"has `{unknown}=`, which this type does not know", unknown switch
            {
                "registry.insecure" => "`--insecure-registry HOST` says it",
                "rewrite-timestamp" => "`--reproducible` gives all files one time",
                "push-by-digest" => "an image is pushed under a name here",
                _ => "check its spelling, or leave it out",
            });
    }

    internal BuildException Refuse(string what, string? cure = null) => DiagnosticRules.InvalidArgument.Error($"`--output {_text}` {what}", hint: cure);

    /// <summary>As Go's encoding/csv: a field that begins with a quote ends with one, and a quote in it is written twice.</summary>
    private List<string> Split(string text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        int i = 0;
        while (true)
        {
            field.Clear();
            if (i < text.Length && text[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i == text.Length)
                        throw Refuse("has a quote that does not end");
                    if (text[i] != '"')
                        field.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"')
                        field.Append(text[i++]);
                    else
                        break;
                }
                i++;
                if (i < text.Length && text[i] != ',')
                    throw Refuse("goes on behind a quote", "put the whole field in quotes, as `\"name=a,b\"`");
            }
            else
            {
                for (; i < text.Length && text[i] != ','; i++)
                    field.Append(text[i]);
            }
            fields.Add(field.ToString());
            if (i++ == text.Length)
                return fields;
        }
    }
}
