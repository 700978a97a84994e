// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning.Sources;

namespace Kiln.Planning;

/// <summary>What the user asked for beside the Dockerfile.</summary>
public sealed record PlanOptions
{
    /// <summary>`--build-arg`: name and value, the last of a name counts.</summary>
    public ImmutableArray<KeyValuePair<string, string>> BuildArgs { get; init; } = [];

    /// <summary>`--target`; null for the last stage.</summary>
    public string? Target { get; init; }

    /// <summary>More of `--target`: stages that are built too, and go nowhere.</summary>
    public ImmutableArray<string> OtherTargets { get; init; } = [];

    /// <summary>`--custom-platform`; null where the base decides.</summary>
    public Platform? Platform { get; init; }

    /// <summary>What the builder runs on.</summary>
    public required Platform BuildPlatform { get; init; }

    /// <summary>`--label`, which overrides `LABEL`; the other way round in kaniko.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; init; } = [];

    public NamedContexts NamedContexts { get; init; } = NamedContexts.None;

    public ShortNames ShortNames { get; init; } = ShortNames.None;

    /// <summary>`--compat`.</summary>
    public Compatibility Compatibility { get; init; }

    /// <summary>All stages are planned, not only those that the target needs: to check them.</summary>
    public bool AllStages { get; init; }

    /// <summary>The ignore file of the build context, for the check that warns of what it leaves out.</summary>
    public SourceText? IgnoreFile { get; init; }

    public Platform TargetPlatform => Platform ?? BuildPlatform;

    internal string? FindBuildArg(string name) =>
        BuildArgs.LastOrDefault(a => a.Key == name) is { Key: not null } found ? found.Value : null;
}
