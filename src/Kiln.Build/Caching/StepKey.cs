// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Cache;
using Kiln.Oci;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Build.Caching;

/// <summary>The keys of a step that makes a layer.</summary>
/// <param name="Step">The step.</param>
/// <param name="Below">The definition that it stands on: the key of the step below, or what stands for the base.</param>
/// <param name="Parts">What else the definition is made of.</param>
/// <param name="Obstacle">Why it has no key, for people: what it reads cannot be read. Null where it has one.</param>
internal sealed record StepKey(BuildStep Step, Digest Below, ImmutableArray<KeyPart> Parts, string? Obstacle)
{
    /// <summary>By what the step is and all that is below it, to the base's layers: known before anything is carried out.</summary>
    internal CacheKey Definition { get; } = CacheKey.Of([.. Head("definition", Below.ToString()), .. Parts]);

    /// <summary>The parts of the definition, for people.</summary>
    internal ImmutableArray<KeyPart> DefinitionParts => [.. Head("definition", Below.ToString()), .. Parts];

    /// <summary>The content of its files is known without a stage's being carried out.</summary>
    internal bool IsOfContent { get; } = !Takes(Step, source => source is StageSource);

    /// <summary>
    /// It copies what is on this machine or comes from afar, with times that are none of its own. Such a layer is known to what is above it by its content key.
    /// </summary>
    internal bool CopiesFromOutside { get; } = Step is CopyStep && !Takes(Step, source => source is StageSource || source.IsImage);

    /// <summary>By what the step is and what it really stands on.</summary>
    /// <param name="below">The identity of the stack below.</param>
    /// <param name="parts">The step's parts by content; null where they are those of the definition.</param>
    internal CacheKey ContentKey(Digest? below, ImmutableArray<KeyPart>? parts = null) => CacheKey.Of(ContentParts(below, parts));

    internal ImmutableArray<KeyPart> ContentParts(Digest? below, ImmutableArray<KeyPart>? parts = null) => [.. Head("content", below?.ToString() ?? ""), .. parts ?? Parts];

    /// <summary>The stages that it takes files from.</summary>
    internal static IEnumerable<StageSource> StagesOf(BuildStep step) => SourcesOf(step).OfType<StageSource>().Distinct();

    private static bool Takes(BuildStep step, Func<SourceReference, bool> isOne) => SourcesOf(step).Any(isOne);

    private static IEnumerable<SourceReference> SourcesOf(BuildStep step) => step switch
    {
        CopyStep copy => copy.Sources.Select(source => source.From),
        RunStep run => run.Mounts.Select(mount => mount.From).OfType<SourceReference>(),
        _ => [],
    };

    private static KeyPart[] Head(string kind, string below) => [new("key", kind), new("below", below)];
}
