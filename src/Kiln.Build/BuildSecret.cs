// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build;

/// <summary>A secret for `RUN --mount=type=secret`. Its bytes are never printed, logged or written into a layer.</summary>
public sealed class BuildSecret(ReadOnlyMemory<byte> content)
{
    internal ReadOnlyMemory<byte> Content { get; } = content;

    public override string ToString() => "(secret)";
}
