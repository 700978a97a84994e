// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Registry.Hosts;

/// <summary>`registries.conf` in its second version (containers-registries.conf(5)), with the files of its directory: a later one adds, and replaces what has the same prefix or alias.</summary>
public sealed record RegistriesConf
{
    private const long LargestFile = 4 << 20;

    public static RegistriesConf Empty { get; } = new();

    public ImmutableArray<RegistryRule> Rules { get; init; } = [];

    /// <summary>Whole names for short ones.</summary>
    public ImmutableDictionary<string, string> Aliases { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>`unqualified-search-registries`.</summary>
    public ImmutableArray<string> SearchRegistries { get; init; } = [];

    /// <summary>Files that are not there say nothing.</summary>
    public static RegistriesConf Read(IEnumerable<string> paths)
    {
        RegistriesConf all = Empty;
        foreach (string path in paths.Where(File.Exists))
            all = all.With(Parse(path, ReadText(path)));
        return all;
    }

    /// <param name="path">For messages.</param>
    /// <param name="text">What stands in the file.</param>
    public static RegistriesConf Parse(string path, string text)
    {
        TomlTable root;
        try
        {
            root = TomlReader.Read(text);
        }
        catch (FormatException e)
        {
            throw DiagnosticRules.RegistriesConfUnreadable.Error($"`{path}` cannot be read: {e.Message}");
        }
        if (root.Find("registries") is TomlTable)
            throw Invalid(path, "it is of the first version (`[registries.search]`), which nothing writes any more", "write `[[registry]]` tables instead");
        var aliases = ImmutableDictionary.CreateBuilder<string, string>();
        foreach ((string name, object target) in (root.Find("aliases") as TomlTable)?.Entries ?? [])
            aliases[name] = target as string ?? throw Invalid(path, $"the alias `{name}` is no string", null);
        return new RegistriesConf
        {
            Rules = [.. Tables(path, root, "registry").Select(table => ReadRule(path, table))],
            Aliases = aliases.ToImmutable(),
            SearchRegistries = ReadSearch(path, root),
        };
    }

    private RegistriesConf With(RegistriesConf later)
    {
        HashSet<string> replaced = [.. later.Rules.Select(rule => rule.Prefix)];
        ImmutableDictionary<string, string> aliases = Aliases.SetItems(later.Aliases);
        // An alias without a target takes an earlier one away.
        foreach (string name in later.Aliases.Keys)
            aliases = aliases[name].Length == 0 ? aliases.Remove(name) : aliases;
        return new RegistriesConf
        {
            Rules = [.. Rules.Where(rule => !replaced.Contains(rule.Prefix)), .. later.Rules],
            SearchRegistries = later.SearchRegistries.IsDefaultOrEmpty ? SearchRegistries : later.SearchRegistries,
            Aliases = aliases,
        };
    }

    private static ImmutableArray<string> ReadSearch(string path, TomlTable root) => root.Find("unqualified-search-registries") switch
    {
        null => [],
        List<object> list => [.. list.Select(item => HostName.Of(item as string ?? throw Invalid(path, "a search registry is no string", null)))],
        _ => throw Invalid(path, "`unqualified-search-registries` is no list", null),
    };

    private static RegistryRule ReadRule(string path, TomlTable table)
    {
        string location = Location(path, table), prefix = Text(path, table, "prefix");
        if (prefix.Length == 0 && location.Length == 0)
            throw Invalid(path, "a `[[registry]]` has neither `prefix` nor `location`", null);
        bool byDigestOnly = Flag(path, table, "mirror-by-digest-only");
        return new RegistryRule(Canonical(prefix.Length == 0 ? location : prefix))
        {
            Location = prefix.Length == 0 ? "" : location,
            IsInsecure = Flag(path, table, "insecure"),
            IsBlocked = Flag(path, table, "blocked"),
            Mirrors = [.. Tables(path, table, "mirror").Select(mirror => ReadMirror(path, mirror, byDigestOnly))],
        };
    }

    private static RegistryMirror ReadMirror(string path, TomlTable table, bool byDigestOnly)
    {
        string location = Location(path, table);
        if (location.Length == 0)
            throw Invalid(path, "a `[[registry.mirror]]` has no `location`", null);
        (bool digests, bool tags) = Text(path, table, "pull-from-mirror") switch
        {
            "" => (true, !byDigestOnly),
            "all" => (true, true),
            "digest-only" => (true, false),
            "tag-only" => (false, true),
            var other => throw Invalid(path, $"`pull-from-mirror` is `{other}`", "write `all`, `digest-only` or `tag-only`"),
        };
        return new RegistryMirror(location, Flag(path, table, "insecure"), digests, tags);
    }

    private static string Location(string path, TomlTable table)
    {
        string location = Text(path, table, "location").TrimEnd('/');
        return location.Contains("://", StringComparison.Ordinal)
            ? throw Invalid(path, $"the location `{location}` has a scheme", "write `host[:port][/path]`")
            : location;
    }

    // `index.docker.io/x` is what our references call `docker.io/x`.
    private static string Canonical(string prefix)
    {
        int slash = prefix.IndexOf('/');
        string host = slash < 0 ? prefix : prefix[..slash];
        return HostName.Of(host) == ImageReference.DefaultHost ? ImageReference.DefaultHost + (slash < 0 ? "" : prefix[slash..]) : prefix.TrimEnd('/');
    }

    private static IEnumerable<TomlTable> Tables(string path, TomlTable table, string name) => table.Find(name) switch
    {
        null => [],
        List<object> list => list.Select(item => item as TomlTable ?? throw Invalid(path, $"`{name}` is no list of tables", null)),
        _ => throw Invalid(path, $"`{name}` is no list of tables", $"write `[[{name}]]`"),
    };

    private static string Text(string path, TomlTable table, string name) => table.Find(name) switch
    {
        null => "",
        string text => text,
        _ => throw Invalid(path, $"`{name}` is no string", null),
    };

    private static bool Flag(string path, TomlTable table, string name) => table.Find(name) switch
    {
        null => false,
        bool value => value,
        _ => throw Invalid(path, $"`{name}` is neither true nor false", null),
    };

    private static string ReadText(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile
                ? File.ReadAllText(path)
                : throw Invalid(path, $"it is larger than {LargestFile} bytes", null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, e.Message.TrimEnd('.'), null);
        }
    }

    private static BuildException Invalid(string path, string why, string? hint) =>
        DiagnosticRules.RegistriesConfUnreadable.Error($"`{path}` cannot be used: {why}", hint: hint);
}
