// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Sandbox;

/// <summary>The rung that works here.</summary>
/// <param name="Rung">What `RUN` is isolated by.</param>
/// <param name="Overlay">Whether the root may be an overlay; otherwise it has to be one merged tree.</param>
/// <param name="WhyNotBetter">One line for the log: what stood in the way of the rung above, or of the overlay. Null where nothing did.</param>
/// <param name="Sandbox">What carries `RUN` out; null on <see cref="IsolationRung.None"/>.</param>
public sealed record ChosenIsolation(IsolationRung Rung, bool Overlay, string? WhyNotBetter, ISandbox? Sandbox)
{
    /// <summary>What says of the files of trees what they are, as <see cref="Sandbox"/> sees them; null where the disk says it.</summary>
    public InodeRecords? Records { get; init; }
}
