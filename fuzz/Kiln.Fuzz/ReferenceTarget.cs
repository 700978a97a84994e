// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Fuzz;

/// <summary>Image references, digests and platforms. What was read and is written again reads the same.</summary>
internal sealed class ReferenceTarget : IFuzzTarget
{
    public string Name => "reference";

    public IReadOnlyList<byte[]> Pieces { get; } = Inputs.Of(
        "a", "A", "localhost", "docker.io", "library", "registry.example.org", ":5000", ":", "/", "//", "@", "sha256:", new string('0', 64), "latest", "v1.2-3_4", ".", "-",
        "_", "__", "[::1]", "index.docker.io", "\u00FC", "\0", " ", "sha512:", "linux", "amd64", "arm/v7", "windows(10.0)/amd64");

    public IReadOnlyList<byte[]> Samples { get; } = Inputs.Of(
        "debian:12", "ghcr.io/owner/name:tag@sha256:" + new string('a', 64), "localhost:5000/a/b-c/d__e", "[::1]:5000/x", "docker.io/library/x", "linux/arm/v7");

    public void Read(byte[] input)
    {
        string text = Inputs.Text(input);
        if (ImageReference.TryParse(text, out ImageReference? reference))
        {
            FuzzException.Require(ImageReference.Parse(reference.ToString()).ToString() == reference.ToString(), $"`{reference}` does not read as itself");
            FuzzException.Require(ImageReference.Parse(reference.Familiar).ToString() == reference.ToString(), $"`{reference.Familiar}` is another image");
        }
        else
        {
            try
            {
                ImageReference.Parse(text);
                throw new FuzzException("what TryParse refuses is parsed");
            }
            catch (BuildException)
            {
                // Refused by both.
            }
        }
        if (Digest.TryParse(text, out Digest digest))
            FuzzException.Require(digest.ToString() == text, "a digest is not what was written");
        _ = Platform.TryParse(text, new Platform("linux", "amd64"), out _);
    }
}
