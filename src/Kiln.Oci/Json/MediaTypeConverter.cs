// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci.Json;

/// <summary>A media type as its text.</summary>
internal sealed class MediaTypeConverter : TextConverter<MediaType>
{
    protected override MediaType Parse(string text) => new(text);
}
