// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Commands;

/// <summary>Makes options of the rows of a table of flags, and reads what was typed back through the same rows.</summary>
internal static class FlagOptions
{
    /// <summary>Returns what reads the options from a command line.</summary>
    internal static Action<ParseResult, BuildArguments> Add(
        Command command, IEnumerable<Flag> flags, IReadOnlyDictionary<string, string> environment)
    {
        List<Action<ParseResult, BuildArguments>> readers = [.. flags.Select(flag => Add(command, flag, environment))];
        return (parsed, arguments) => readers.ForEach(read => read(parsed, arguments));
    }

    /// <summary>
    /// Spells out what the parser itself would not understand: `--no-push` and `--no-push=1` are `--no-push=true`, and `--target=` is an empty value. Names that
    /// flags had once become those of today. Empty words, which templates leave where they had nothing to say, are dropped unless a flag waits for one.
    /// </summary>
    /// <param name="words">The command line.</param>
    /// <param name="warn">Told of old names.</param>
    internal static string[] SpellOut(IReadOnlyList<string> words, Action<string>? warn = null)
    {
        // The warmer's letters mean other things than a build's.
        Flag[] all = words is [WarmerCommand.Name, ..] ? [.. WarmerFlags.All] : [.. BuildFlags.All.Concat(LintFlags.All).Concat(TransferFlags.All).Concat(LoginFlags.All).Concat(CacheFlags.All).Concat(PlanFlags.Plan)];
        Dictionary<string, Flag> flags = all.DistinctBy(flag => flag.Name).ToDictionary(flag => "--" + flag.Name);
        Dictionary<string, string> old = all.SelectMany(flag => flag.OldNames.Select(name => (name, flag.Name))).Distinct().ToDictionary(pair => "--" + pair.name, pair => "--" + pair.Name);
        Dictionary<string, string> other = all.SelectMany(flag => flag.OtherNames.Select(name => (name, flag.Name))).ToDictionary(pair => "--" + pair.name, pair => "--" + pair.Name);
        var spelt = new List<string>();
        bool isValue = false;
        foreach (string typed in words)
        {
            if (isValue || typed.Length == 0)
            {
                if (isValue)
                    spelt.Add(typed);
                isValue = false;
                continue;
            }
            string word = Rename(Rename(typed, other, null), old, warn);
            string[] parts = word.Split('=', 2);
            Flag? flag = flags.GetValueOrDefault(parts[0]) ?? all.FirstOrDefault(f => f.Short is { } letter && parts[0] == $"-{letter}");
            spelt.AddRange((parts, flag) switch
            {
                ([var name], SwitchFlag or ChoiceFlag) => [name + "=true"],
                ([var name, var value], SwitchFlag) => [name + (GoBoolean.Parse(value, $"`{name}`") ? "=true" : "=false")],
                ([var name, ""], not null) => [name, ""],
                _ => [word],
            });
            isValue = parts.Length == 1 && flag is TextFlag or ListFlag;
        }
        return [.. spelt];
    }

    private static string Rename(string word, Dictionary<string, string> old, Action<string>? warn)
    {
        string name = word.Split('=')[0];
        if (!old.TryGetValue(name, out string? today))
            return word;
        warn?.Invoke($"`{name}` is an old name of `{today}`");
        return today + word[name.Length..];
    }

    private static Action<ParseResult, BuildArguments> Add(Command command, Flag flag, IReadOnlyDictionary<string, string> environment)
    {
        string? said = flag.Variable is { } variable ? environment.GetValueOrDefault(variable) : null;
        switch (flag)
        {
            case SwitchFlag toggle:
                var boolean = Describe(new Option<bool>("--" + flag.Name), flag);
                boolean.Arity = ArgumentArity.ZeroOrMore;
                boolean.CustomParser = result => result.Tokens is not [.., var last] || bool.Parse(last.Value);
                command.Add(boolean);
                return (parsed, arguments) =>
                {
                    if (parsed.GetResult(boolean) is { Implicit: false })
                        toggle.Set(arguments, parsed.GetValue(boolean));
                    else if (said is not null)
                        toggle.Set(arguments, GoBoolean.Parse(said, $"the environment variable `{flag.Variable}`"));
                };
            case TextFlag text:
                return AddText(command, flag, text.Set, said);
            case ChoiceFlag choice:
                return AddText(command, flag, choice.Set, said);
            case ListFlag list:
                var several = Describe(new Option<string[]>("--" + flag.Name), flag);
                several.AllowMultipleArgumentsPerToken = false;
                command.Add(several);
                return (parsed, arguments) =>
                {
                    list.Set(arguments, parsed.GetValue(several) ?? []);
                    if (said is { Length: > 0 })
                        list.Set(arguments, [said]);
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static Action<ParseResult, BuildArguments> AddText(Command command, Flag flag, Action<BuildArguments, string> set, string? said)
    {
        var single = Describe(new Option<string>("--" + flag.Name), flag);
        single.Arity = ArgumentArity.OneOrMore;
        single.CustomParser = result => result.Tokens[^1].Value;
        command.Add(single);
        return (parsed, arguments) =>
        {
            if (parsed.GetValue(single) is { } value)
                set(arguments, value);
            else if (said is { Length: > 0 })
                set(arguments, said);
        };
    }

    private static T Describe<T>(T option, Flag flag)
        where T : Option
    {
        string preset = flag.Default is { } value ? $" [default: {value}]" : "";
        string variable = flag.Variable is { } name ? $" [environment: {name}]" : "";
        option.Description = flag.Help + preset + variable;
        option.HelpName = flag.ValueName;
        if (flag.Choices.Count > 0)
            option.CompletionSources.Add([.. flag.Choices]);
        if (flag.Short is { } letter)
            option.Aliases.Add($"-{letter}");
        return option;
    }
}
