// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>One thing that a key was made of, kept beside the result so that people can be told which one differs. No secret's value is one.</summary>
/// <param name="Name">What it is, as `instruction`, `env PATH` or `file src/main.c`; no two of an entry have the same.</param>
/// <param name="Value">What it was: the text where that is short, a digest else.</param>
public sealed record KeyPart(string Name, string Value);
