// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <summary>Collects the settings of one mount, key by key, and then checks that they go together.</summary>
internal sealed class MountReader
{
    /// <summary>All spellings.</summary>
    internal static readonly string[] Keys =
    [
        "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid", "src", "dst",
        "destination", "ro", "rw", "readwrite", "env",
    ];

    private static readonly string[] Bare = ["readonly", "ro", "readwrite", "rw", "required"];

    /// <summary>In the order of <see cref="MountType"/>.</summary>
    internal static readonly string[] Types = ["bind", "cache", "tmpfs", "secret", "ssh"];

    /// <summary>In the order of <see cref="CacheSharing"/>.</summary>
    internal static readonly string[] Sharings = ["shared", "private", "locked"];

    private readonly SourceSpan _whole;
    private MountOptions _mount = new();

    /// <summary>Where the field stands that is being read; in the end the whole mount.</summary>
    private SourceSpan _field;
    private bool? _readOnly;
    private CacheSharing? _sharing;

    public MountReader(SourceSpan span) => _whole = _field = span;

    private string TypeName => Types[(int)_mount.Type];

    private SourceSpan Key =>
        _field != _whole && _field.Text.IndexOf('=') is > 0 and var equals ? _field with { Length = equals } : _field;

    private SourceSpan Value =>
        _field != _whole && _field.Text.IndexOf('=') is > 0 and var equals
            ? new SourceSpan(_field.Source, _field.Start + equals + 1, _field.Length - equals - 1)
            : _field;

    public void ReadBare(string key, string field)
    {
        MoveTo(field);
        switch (key)
        {
            case "readonly" or "ro":
                _readOnly = true;
                break;
            case "readwrite" or "rw":
                _readOnly = false;
                break;
            case "required":
                RequireType(key, _mount.Type is MountType.Secret or MountType.Ssh);
                _mount = _mount with { Required = true };
                break;
            default:
                throw DiagnosticRules.InvalidMountSyntax.Error($"invalid field '{field}' must be a key=value pair", _field,
                    !Keys.Contains(key) && Suggestion.Closest(key, Bare) is { } meant ? $"write `{meant}`" : $"write `{field}=VALUE`");
        }
    }

    public void Read(string key, string value, string field)
    {
        MoveTo(field);
        switch (key)
        {
            case "readonly" or "ro":
                _readOnly = Boolean(key, value);
                break;
            case "readwrite" or "rw":
                _readOnly = !Boolean(key, value);
                break;
            case "sharing":
                int sharing = Array.IndexOf(Sharings, value.ToLowerInvariant());
                _sharing = sharing >= 0 ? (CacheSharing)sharing
                    : throw Invalid(DiagnosticRules.InvalidMountValue, $"unsupported sharing value \"{value}\"", Value, value, Sharings);
                break;
            default:
                _mount = Apply(key, value, field);
                break;
        }
    }

    public MountOptions Finish()
    {
        _field = _whole;
        MountOptions mount = _mount with
        {
            ReadOnly = _readOnly ?? _mount.Type is not (MountType.Cache or MountType.Tmpfs),
            Sharing = _sharing ?? CacheSharing.Shared,
        };
        if (mount.Type is MountType.Bind or MountType.Tmpfs)
        {
            RequireNone("mode", mount.Mode);
            RequireNone("uid", mount.UserId);
            RequireNone("gid", mount.GroupId);
        }
        if (_sharing is not null && mount.Type is not (MountType.Cache or MountType.Secret))
            throw NotForType($"invalid cache sharing set for {TypeName} mount");
        if (mount.Type is MountType.Ssh && mount.Source is not null)
            throw NotForType("ssh does not support source");
        if (mount.Type is MountType.Secret)
            RequireSecret(mount);
        return mount;
    }

    private MountOptions Apply(string key, string value, string field)
    {
        switch (key)
        {
            case "type":
                int type = Array.IndexOf(Types, value.ToLowerInvariant());
                return type >= 0 ? _mount with { Type = (MountType)type }
                    : throw Invalid(DiagnosticRules.UnsupportedMountType, $"unsupported mount type \"{value}\"", Value, value, Types);
            case "from":
                return _mount with { From = NullIfEmpty(value) };
            case "source" or "src":
                return _mount with { Source = NullIfEmpty(value) };
            case "target" or "dst" or "destination":
                return _mount with { Target = NullIfEmpty(value) };
            case "id":
                return _mount with { Id = NullIfEmpty(value) };
            case "env":
                return _mount with { Environment = value };
            case "required":
                RequireType(key, _mount.Type is MountType.Secret or MountType.Ssh);
                return _mount with { Required = Boolean(key, value) };
            case "size":
                RequireType(key, _mount.Type is MountType.Tmpfs);
                return _mount with { Size = ByteSize.Parse(value) ?? throw InvalidValue($"invalid value for size: {value}") };
            case "mode":
                return _mount with { Mode = GoValue.ParseOctal(value) ?? throw InvalidValue($"invalid value {value} for mode") };
            case "uid":
                return _mount with { UserId = GoValue.ParseUnsigned(value) ?? throw InvalidValue($"invalid value {value} for uid") };
            case "gid":
                return _mount with { GroupId = GoValue.ParseUnsigned(value) ?? throw InvalidValue($"invalid value {value} for gid") };
            default:
                throw Invalid(DiagnosticRules.UnknownMountKey, $"unexpected key '{key}' in '{field}'", Key, key, Keys);
        }
    }

    private void RequireSecret(MountOptions mount)
    {
        if (mount.From is not null)
            throw NotForType("secret mount should not have a from");
        if (_sharing is not null)
            throw NotForType("secret mount should not define sharing");
        if (mount is { Source: null, Target: null, Id: null })
            throw DiagnosticRules.InvalidMountSyntax.Error("invalid secret mount. one of source, target required", _field, "write `id=NAME`, the name that `--secret` gives it");
        if (mount is { Source: not null, Id: not null })
            throw DiagnosticRules.InvalidMountSyntax.Error("both source and id can't be set", _field, "keep `id`");
    }

    private void RequireNone(string key, uint? value)
    {
        if (value is not null)
            throw NotForType($"{key} not allowed for \"{TypeName}\" type mounts");
    }

    private void RequireType(string key, bool fits)
    {
        if (!fits)
            throw NotForType($"unexpected key '{key}' for mount type '{TypeName}'");
    }

    private bool Boolean(string key, string value) => GoValue.ParseBoolean(value) ?? throw InvalidValue($"invalid value for {key}: {value}");

    private BuildException InvalidValue(string message) => DiagnosticRules.InvalidMountValue.Error(message, Value);

    private BuildException NotForType(string message) => DiagnosticRules.MountKeyNotForType.Error(message, Key);

    private static BuildException Invalid(DiagnosticRule rule, string message, SourceSpan span, string written, IReadOnlyList<string> known)
    {
        string? meant = Suggestion.Closest(written, known);
        return rule.Error(
            meant is null ? message : $"{message} (did you mean {meant}?)", span,
            meant is null ? $"write one of {string.Join(", ", known.Select(word => $"`{word}`"))}" : $"write `{meant}`");
    }

    /// <summary>Goes on to a field. One that is quoted is not to be found as it was read, and then the whole mount is pointed at.</summary>
    private void MoveTo(string field)
    {
        int from = _field == _whole ? _whole.Start : _field.End;
        int start = field.Length == 0 ? -1 : _whole.Source?.Text.IndexOf(field, from, _whole.End - from, StringComparison.Ordinal) ?? -1;
        _field = start < 0 ? _whole : new SourceSpan(_whole.Source!, start, field.Length);
    }

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
}
