// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Cli.Commands;
using Kiln.Clouds.Amazon;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store.Buckets;

namespace Kiln.Cli.Start;

/// <summary>
/// A `--cache-from` or `--cache-to`, spelled as BuildKit has them: `type=registry,ref=...`. What BuildKit knows and Kiln does not is refused, never passed over.
/// </summary>
internal sealed class CacheSpecification
{
    /// <summary>BuildKit's forms of its own cache; what is written here has one form, which these ask for.</summary>
    private static readonly string[] AlwaysTrue = ["image-manifest", "oci-mediatypes"];

    private static readonly string[] Secrets = ["secret_access_key", "session_token"];

    private readonly string _flag;
    private readonly string _shown;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CacheSpecification(string flag, string text)
    {
        (_flag, _shown) = (flag, string.Join(',', text.Split(',').Select(Hide)));
        foreach (string pair in text.Split(','))
        {
            int equals = pair.IndexOf('=');
            if (equals <= 0)
                throw Refuse($"has `{Hide(pair)}`, which is not of the form NAME=VALUE");
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
        bool isRequired = specification.Take("ignore-error") is { } word && !GoBoolean.Parse(word, $"`ignore-error` in `--cache-to {specification._shown}`");
        specification.RefuseRest();
        return (place, mode, isRequired);
    }

    /// <summary>`type=inline`: the entries go into the image.</summary>
    internal static bool IsInline(string text)
    {
        if (!text.Split(',').Any(pair => pair.Trim() == "type=inline"))
            return false;
        var specification = new CacheSpecification("--cache-to", text);
        specification.Take("type");
        // The image has its own steps and no others.
        if (specification.Take("mode") is { } mode && mode != "min")
            throw specification.Refuse($"has the mode `{mode}`", "leave it out: an image holds its own steps, as `mode=min` has it");
        specification.RefuseRest();
        return true;
    }

    private CachePlace TakePlace(string directory) => Take("type") switch
    {
        null => throw Refuse("has no `type=`", Types),
        "registry" => new ScopeCache(_shown, ImageReference.Parse(Require("ref", "REPOSITORY:TAG"))),
        "s3" => TakeBucket(),
        "local" => new LayoutCache(_shown, Path.GetFullPath(Require(directory, "DIRECTORY"))),
        var other => throw Refuse($"has the type `{other}`, which is not supported", Types),
    };

    private const string Types = "write `type=registry,ref=REPOSITORY:TAG`, `type=local` with a directory, `type=s3` with a bucket, or `--cache-to type=inline`";

    private BucketCache TakeBucket()
    {
        string bucket = Require("bucket", "NAME"), prefix = Take("prefix") ?? "", scope = Take("name") ?? "kiln";
        Uri? endpoint = Take("endpoint_url") is not { Length: > 0 } address ? null
            : Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" ? uri
            : throw Refuse($"has the endpoint `{address}`, which is no address", "write `endpoint_url=https://HOST[:PORT]`");
        if (scope.Contains('/') || scope.Length == 0)
            throw Refuse($"has the name `{scope}`", "write a word without `/`");
        var options = new BucketOptions
        {
            Bucket = bucket,
            Region = Take("region") ?? "",
            Endpoint = endpoint,
            UsesPath = Take("use_path_style") is { } word && GoBoolean.Parse(word, $"`use_path_style` in `{_flag} {_shown}`"),
        };
        return new BucketCache($"s3://{bucket}/{prefix}{(scope == "kiln" ? "" : $" ({scope})")}", options, prefix, scope, TakeCredential());
    }

    private AmazonCredential? TakeCredential()
    {
        string? id = Take("access_key_id"), secret = Take("secret_access_key"), session = Take("session_token");
        if (id is null && secret is null && session is null)
            return null;
        return id is { Length: > 0 } && secret is { Length: > 0 }
            ? new AmazonCredential(id, secret, session, DateTimeOffset.MaxValue, $"`{_flag}`")
            : throw Refuse("has half a key", "write `access_key_id=` and `secret_access_key=`, or neither");
    }

    /// <summary>Keys go into no message.</summary>
    private static string Hide(string pair) =>
        Secrets.FirstOrDefault(name => pair.TrimStart().StartsWith(name, StringComparison.Ordinal)) is { } secret ? secret + "=..." : pair;

    private string? Take(string name) => _values.Remove(name, out string? value) ? value : null;

    private string Require(string name, string form) => Take(name) is { Length: > 0 } value ? value : throw Refuse($"lacks `{name}=`", $"add `{name}={form}`");

    private void RefuseRest()
    {
        foreach (string name in AlwaysTrue)
        {
            if (Take(name) is { } word && !GoBoolean.Parse(word, $"`{name}` in `{_flag} {_shown}`"))
                throw Refuse($"has `{name}={word}`", $"leave it out: what is written is OCI's manifests, as `{name}=true` asks for");
        }
        if (_values.Keys.FirstOrDefault() is not { } unknown)
            return;
        throw unknown is "compression" or "compression-level" or "force-compression"
            ? Refuse($"has `{unknown}=`", "layers lie in the cache as they are in the image: `--compression` says how they are packed")
            : Refuse($"has `{unknown}=`, which this type does not know", "check its spelling, or leave it out");
    }

    private BuildException Refuse(string what, string? cure = null) => DiagnosticRules.InvalidArgument.Error($"`{_flag} {_shown}` {what}", hint: cure);
}
