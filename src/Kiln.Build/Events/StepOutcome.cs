// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>What came of a step.</summary>
public enum StepOutcome
{
    /// <summary>It was carried out, and made a layer.</summary>
    Built,

    /// <summary>It was not carried out: its result was in a cache.</summary>
    Cached,

    /// <summary>It changes the configuration alone: there was nothing to carry out.</summary>
    Metadata,

    /// <summary>It failed, and the build with it.</summary>
    Failed,

    /// <summary>It was ended, because something else had failed or somebody stopped the build.</summary>
    Stopped,
}
