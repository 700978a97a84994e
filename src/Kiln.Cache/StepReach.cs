// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>Where a step's layer goes; a store of <see cref="CacheMode.Min"/> keeps those of the image alone.</summary>
public enum StepReach
{
    /// <summary>It is a layer of the image that is built.</summary>
    Image,

    /// <summary>Only other stages see it, as those that files are copied from.</summary>
    OtherStage,
}
