// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Planning.Stages;

/// <summary>What a stage's instructions read and change while they are planned. A stage that starts from another gets a copy of its end.</summary>
internal sealed class StageState
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly List<string> _args;

    /// <summary>Starts from an image, or from nothing.</summary>
    internal StageState(ImageConfig image)
    {
        Image = image;
        Scope = new VariableScope();
        _args = [];
        EnterEnvironment();
    }

    /// <summary>Starts from a stage. What `ENV` set counts again where an `ARG` of that stage had hidden it.</summary>
    internal StageState(StageState parent)
    {
        Image = parent.Image;
        Scope = new VariableScope(parent.Scope);
        _args = [.. parent._args];
        (BaseIsUnseen, WorkdirIsOwn) = (parent.BaseIsUnseen, parent.WorkdirIsOwn);
        Config = Config with { OnBuild = [] };
        EnterEnvironment();
    }

    internal ImageConfig Image { get; set; }

    internal ContainerConfig Config
    {
        get => Image.Config;
        set => Image = Image with { Config = value };
    }

    /// <summary>What `ENV` and `ARG` set: for expansion, and for `RUN`.</summary>
    internal VariableScope Scope { get; }

    /// <summary>The names that `ARG` declared, each at its first place.</summary>
    internal IReadOnlyList<string> Args => _args;

    /// <summary>`CMD` stood in this very stage, so `ENTRYPOINT` does not clear it.</summary>
    internal bool CommandIsOwn { get; set; }

    /// <summary>A `WORKDIR` stood in this stage or in one that it starts from.</summary>
    internal bool WorkdirIsOwn { get; set; }

    /// <summary>The configuration of the base image was not supplied, so that <see cref="Image"/> lacks all that it says.</summary>
    internal bool BaseIsUnseen { get; init; }

    internal string WorkingDirectory => Config.WorkingDir is { Length: > 0 } directory ? directory : "/";

    internal string User => Config.User ?? "";

    internal void DeclareArg(string name, string? value)
    {
        if (!_args.Contains(name))
            _args.Add(name);
        if (value is not null)
            Scope.Set(name, value);
    }

    internal void SetEnvironment(string name, string value)
    {
        var variables = Config.Env.ToList();
        int index = variables.FindIndex(v => NameOf(v) == name);
        if (index < 0)
            variables.Add($"{name}={value}");
        else
            variables[index] = $"{name}={value}";
        Config = Config with { Env = [.. variables] };
        Scope.Set(name, value);
    }

    private void EnterEnvironment()
    {
        if (!Config.Env.Any(v => NameOf(v) == "PATH"))
            Config = Config with { Env = Config.Env.Append($"PATH={DefaultPath}").ToImmutableArray() };
        foreach (string variable in Config.Env)
            Scope.Set(NameOf(variable), variable.Contains('=') ? variable[(variable.IndexOf('=') + 1)..] : "");
    }

    private static string NameOf(string variable) => variable.Contains('=') ? variable[..variable.IndexOf('=')] : variable;
}
