// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>
/// The files `~/.aws/config` and `~/.aws/credentials`: sections of `name = value`. What both say of a profile, the second decides. Nested
/// settings, which are indented, are nothing that credentials need.
/// </summary>
internal sealed class SharedProfiles
{
    private readonly Dictionary<string, Dictionary<string, string>> _profiles = [];

    private SharedProfiles()
    {
    }

    public static SharedProfiles Read(Surroundings surroundings)
    {
        var profiles = new SharedProfiles();
        profiles.Add(ReadFile(surroundings, "AWS_CONFIG_FILE", "config"), isConfig: true);
        profiles.Add(ReadFile(surroundings, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), isConfig: false);
        return profiles;
    }

    /// <summary>Null where there is no such profile.</summary>
    public IReadOnlyDictionary<string, string>? Find(string name) => _profiles.GetValueOrDefault(name);

    /// <summary>The region of the profile that counts; null where it names none.</summary>
    public static string? FindRegion(Surroundings surroundings) =>
        Read(surroundings).Find(surroundings.Find("AWS_PROFILE") ?? "default")?.GetValueOrDefault("region") is { Length: > 0 } region ? region : null;

    private static string ReadFile(Surroundings surroundings, string variable, string name)
    {
        if (surroundings.Find(variable) is { } named)
            return Surroundings.ReadFile(named, $"`{variable}`");
        return surroundings.Home is { } home ? Surroundings.FindFile(Path.Combine(home, ".aws", name)) ?? "" : "";
    }

    private void Add(string text, bool isConfig)
    {
        Dictionary<string, string>? section = null;
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed is ['[', .. var inner] && inner.IndexOf(']') is >= 0 and var end)
                section = Section(inner[..end].Trim(), isConfig);
            else if (section is not null && trimmed is not ['#' or ';', ..] && !char.IsWhiteSpace(line.FirstOrDefault(' '))
                && trimmed.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value])
                section[key] = value;
        }
    }

    // `[profile NAME]` in the one file, `[NAME]` in the other; `[default]` in both. `[sso-session NAME]` is no profile.
    private Dictionary<string, string>? Section(string title, bool isConfig)
    {
        string[] words = title.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        string? name = (isConfig, words) switch
        {
            (true, ["profile", var named]) => named,
            (true, ["default"]) => "default",
            (false, [var only]) => only,
            _ => null,
        };
        if (name is null)
            return null;
        if (!_profiles.TryGetValue(name, out Dictionary<string, string>? section))
            _profiles[name] = section = [];
        return section;
    }
}
