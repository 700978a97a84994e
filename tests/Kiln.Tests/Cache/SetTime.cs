// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Tests.Cache;

/// <summary>A clock that stands until it is set on.</summary>
internal sealed class SetTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public void Advance(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;
}
