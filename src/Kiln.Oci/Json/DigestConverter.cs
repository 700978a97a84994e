// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci.Json;

/// <summary>A digest as its text.</summary>
internal sealed class DigestConverter : TextConverter<Digest>
{
    protected override Digest Parse(string text) => Digest.Parse(text);
}
