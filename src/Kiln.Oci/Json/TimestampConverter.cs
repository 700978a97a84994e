// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci.Json;

/// <summary>A time as RFC 3339 text.</summary>
internal sealed class TimestampConverter : TextConverter<Timestamp>
{
    protected override Timestamp Parse(string text) => Timestamp.Parse(text);
}
