// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>One thing that a key was made of, kept beside the result so that people can be told which one differs. No secret's value is one.</summary>
/// <param name="Name">What it is, as `instruction`, `env PATH` or `file src/main.c`; no two of an entry have the same.</param>
/// <param name="Value">What it was: the text where that is short, a digest else.</param>
public sealed record KeyPart(string Name, string Value)
{
    /// <summary>Longer texts are represented by a digest, which has 71 characters: so none is ever taken for the other.</summary>
    internal const int LongestText = 64;

    /// <summary>A part of some text, whatever is in it.</summary>
    public static KeyPart Of(string name, string text) =>
        // By its UTF-16 units, which differ wherever two texts do; in UTF-8 every broken character is the same one.
        new(name, text.Length <= LongestText ? text : Digest.Sha256(MemoryMarshal.AsBytes(text.AsSpan())).ToString());

    public static KeyPart Of(string name, Digest digest) => new(name, digest.ToString());
}
