// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Expansion;

/// <summary>A word after expansion, and the names of the variables that it used.</summary>
/// <param name="Set">Those that had a value.</param>
/// <param name="Unset">Those that had none, also where the word said what to take instead.</param>
public sealed record ExpandedWord(string Text, IReadOnlyCollection<string> Set, IReadOnlyCollection<string> Unset);
