// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Cli.Commands;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cli.Start;

/// <summary>
/// A `--cache-from` or `--cache-to`, spelled as BuildKit has them: `type=registry,ref=...`. What BuildKit knows and Kiln does not is refused, never passed over.
/// </summary>
internal sealed class CacheSpecification
{
    /// <summary>BuildKit's forms of its own cache; what is written here has one form, which these ask for.</summary>
    private static readonly string[] AlwaysTrue = ["image-manifest", "oci-mediatypes"];

    private readonly string _flag;
    private readonly string _text;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CacheSpecification(string flag, string text)
    {
        (_flag, _text) = (flag, text);
        foreach (string pair in text.Split(','))
        {
            int equals = pair.IndexOf('=');
            if (equals <= 0)
                throw Refuse($"has `{pair}`, which is not of the form NAME=VALUE");
            if (!_values.TryAdd(pair[..equals].Trim(), pair[(equals + 1)..].Trim()))
                throw Refuse($"says `{pair[..equals]}` twice");
        }
    }

    /// <summary>`type=registry,ref=REPOSITORY[:TAG]`, `type=local,src=DIRECTORY`; a name alone is a `ref`, as Docker's older flag had it.</summary>
    internal static CachePlace ParseFrom(string text)
    {
        if (!text.Contains('='))
            return new ScopeCache(text, ImageReference.Parse(text));
        var specification = new CacheSpecification("--cache-from", text);
        CachePlace place = specification.TakePlace("src");
        specification.RefuseRest();
        return place;
    }

    /// <summary>The same with `dest=` in the place of `src=`, and `mode=min|max`, BuildKit's default being `min`, and `ignore-error=`.</summary>
    internal static (CachePlace Place, CacheMode Mode, bool IsRequired) ParseTo(string text)
    {
        if (!text.Contains('='))
            return (new ScopeCache(text, ImageReference.Parse(text)), CacheMode.Min, false);
        var specification = new CacheSpecification("--cache-to", text);
        CachePlace place = specification.TakePlace("dest");
        CacheMode mode = specification.Take("mode") switch
        {
            null or "min" => CacheMode.Min,
            "max" => CacheMode.Max,
            var other => throw specification.Refuse($"has the mode `{other}`", "write `mode=min` or `mode=max`"),
        };
        bool isRequired = specification.Take("ignore-error") is { } word && !GoBoolean.Parse(word, $"`ignore-error` in `--cache-to {text}`");
        specification.RefuseRest();
        return (place, mode, isRequired);
    }

    private CachePlace TakePlace(string directory) => Take("type") switch
    {
        null => throw Refuse("has no `type=`", Types),
        "registry" => new ScopeCache(_text, ImageReference.Parse(Require("ref", "REPOSITORY:TAG"))),
        "local" => new LayoutCache(_text, Path.GetFullPath(Require(directory, "DIRECTORY"))),
        var other => throw Refuse($"has the type `{other}`, which is not supported", Types),
    };

    private const string Types = "write `type=registry,ref=REPOSITORY:TAG`, or `type=local` with a directory";

    private string? Take(string name) => _values.Remove(name, out string? value) ? value : null;

    private string Require(string name, string form) => Take(name) is { Length: > 0 } value ? value : throw Refuse($"lacks `{name}=`", $"add `{name}={form}`");

    private void RefuseRest()
    {
        foreach (string name in AlwaysTrue)
        {
            if (Take(name) is { } word && !GoBoolean.Parse(word, $"`{name}` in `{_flag} {_text}`"))
                throw Refuse($"has `{name}={word}`", $"leave it out: what is written is OCI's manifests, as `{name}=true` asks for");
        }
        if (_values.Keys.FirstOrDefault() is not { } unknown)
            return;
        throw unknown is "compression" or "compression-level" or "force-compression"
            ? Refuse($"has `{unknown}=`", "layers lie in the cache as they are in the image: `--compression` says how they are packed")
            : Refuse($"has `{unknown}=`, which this type does not know", "check its spelling, or leave it out");
    }

    private BuildException Refuse(string what, string? cure = null) => DiagnosticRules.InvalidArgument.Error($"`{_flag} {_text}` {what}", hint: cure);
}
