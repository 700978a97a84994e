// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Secrets;
using Kiln.Build.Stacks;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Linux.Files;
using Kiln.Oci;

namespace Kiln.Build.Steps;

/// <summary>What a step starts from: the stack so far, and the time.</summary>
/// <param name="Stack">The layers below.</param>
/// <param name="View">Their listing. A step does not change it.</param>
/// <param name="Now">The time of what the step makes: SOURCE_DATE_EPOCH where that is set.</param>
/// <param name="Epoch">What SOURCE_DATE_EPOCH makes of the times in the layer.</param>
/// <param name="Platform">What the stage is built for.</param>
/// <param name="InImage">Whether the layer will be one of the image's, and not only of a stage that others copy from.</param>
/// <param name="Reason">Why layers are asked for, if they are: for the log.</param>
/// <param name="Stage">The stage's name, for people.</param>
/// <param name="Report">Where events go.</param>
internal sealed record StepContext(
    Stack Stack, StackView View, UnixTime Now, EpochRule? Epoch, Platform Platform, bool InImage, string Reason, string Stage, Action<BuildEvent> Report)
{
    /// <summary>Looks at what goes into the layer.</summary>
    internal LayerScan Scan { get; init; } = LayerScan.None;

    /// <summary>The step's place in its stage, from 1; 0 for what a stage starts from.</summary>
    internal int Number { get; init; }

    /// <summary>Whether no step of the build comes after it that reads or writes files.</summary>
    internal bool IsLast { get; init; }
}
