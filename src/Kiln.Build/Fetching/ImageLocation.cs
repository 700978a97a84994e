// SPDX-License-Identifier: Apache-2.0
using Kiln.Planning.Sources;

namespace Kiln.Build.Fetching;

/// <summary>An image, whose files are the context.</summary>
/// <param name="Image">Of a registry or a layout.</param>
/// <param name="Text">As it was written.</param>
public sealed record ImageLocation(SourceReference Image, string Text) : ContextLocation
{
    public override string Name => Text;
}
