// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <summary>
/// Reads `--mount` values. Keys are read from left to right with the type known so far, so that those of a type stand behind
/// `type=`.
/// </summary>
public static class RunMountParser
{
    private static readonly string[] Keys =
    [
        "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid", "src", "dst",
        "destination", "ro", "rw", "readwrite", "env",
    ];

    private static readonly string[] Types = ["bind", "cache", "tmpfs", "secret", "ssh"];
    private static readonly string[] Sharings = ["shared", "private", "locked"];

    /// <param name="expand">Expands a value; the value of `from` is taken as it is.</param>
    public static MountOptions Parse(string csv, Func<string, string> expand, SourceSpan span)
    {
        var state = new State(span);
        foreach (string field in FieldsOf(csv, span))
        {
            (string key, string? value) = Cut(field);
            if (value is null)
                state.ReadBare(key, field);
            else
                state.Read(key, key == "from" ? value : expand(value), field);
        }
        return state.Finish();
    }

    /// <summary>What a mount is from, which is known without any value.</summary>
    internal static string? FindFrom(string csv, SourceSpan span)
    {
        string? from = null;
        foreach (string field in FieldsOf(csv, span))
        {
            if (Cut(field) is not ("from", { } value))
                continue;
            int dollar = value.IndexOf('$');
            if (dollar >= 0 && dollar < value.Length - 1)
                throw DiagnosticRules.VariableInMountFrom.Error(
                    "'from' doesn't support variable expansion, define alias stage instead", span);
            from = value.Length == 0 ? null : value;
        }
        return from;
    }

    private static IReadOnlyList<string> FieldsOf(string csv, SourceSpan span) =>
        CsvFields.Split(csv) ?? throw DiagnosticRules.InvalidMountSyntax.Error("failed to parse csv mounts: misplaced quote", span);

    private static (string Key, string? Value) Cut(string field)
    {
        int equals = field.IndexOf('=');
        return equals < 0 ? (field.ToLowerInvariant(), null) : (field[..equals].ToLowerInvariant(), field[(equals + 1)..]);
    }

    /// <summary>The settings so far.</summary>
    private sealed class State(SourceSpan span)
    {
        private MountOptions _mount = new();
        private bool? _readOnly;
        private CacheSharing? _sharing;

        private string TypeName => Types[(int)_mount.Type];

        public void ReadBare(string key, string field)
        {
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
                    throw DiagnosticRules.InvalidMountSyntax.Error($"invalid field '{field}' must be a key=value pair", span);
            }
        }

        public void Read(string key, string value, string field)
        {
            switch (key)
            {
                case "readonly" or "ro":
                    _readOnly = Boolean(key, value);
                    break;
                case "readwrite" or "rw":
                    _readOnly = !Boolean(key, value);
                    break;
                case "sharing":
                    int sharing = Array.IndexOf(Sharings, value);
                    _sharing = sharing >= 0 ? (CacheSharing)sharing
                        : throw Invalid(DiagnosticRules.InvalidMountValue, $"unsupported sharing value \"{value}\"", value, Sharings);
                    break;
                default:
                    _mount = Apply(key, value, field);
                    break;
            }
        }

        public MountOptions Finish()
        {
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
                    int type = Array.IndexOf(Types, value);
                    return type >= 0 ? _mount with { Type = (MountType)type }
                        : throw Invalid(DiagnosticRules.UnsupportedMountType, $"unsupported mount type \"{value}\"", value, Types);
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
                    throw Invalid(DiagnosticRules.UnknownMountKey, $"unexpected key '{key}' in '{field}'", key, Keys);
            }
        }

        private void RequireSecret(MountOptions mount)
        {
            if (mount.From is not null)
                throw NotForType("secret mount should not have a from");
            if (_sharing is not null)
                throw NotForType("secret mount should not define sharing");
            if (mount is { Source: null, Target: null, Id: null })
                throw DiagnosticRules.InvalidMountSyntax.Error("invalid secret mount. one of source, target required", span);
            if (mount is { Source: not null, Id: not null })
                throw DiagnosticRules.InvalidMountSyntax.Error("both source and id can't be set", span);
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

        private BuildException InvalidValue(string message) => DiagnosticRules.InvalidMountValue.Error(message, span);

        private BuildException NotForType(string message) => DiagnosticRules.MountKeyNotForType.Error(message, span);

        private BuildException Invalid(DiagnosticRule rule, string message, string written, string[] known)
        {
            string? meant = Suggestion.Closest(written, known);
            return rule.Error(meant is null ? message : $"{message} (did you mean {meant}?)", span, meant is null ? null : $"write `{meant}`");
        }

        private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
    }
}
