// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>
/// A flag of `kiln build`: one row of <see cref="BuildFlags"/>, from which the parser, the help and the reference page are made.
/// Four kinds: <see cref="SwitchFlag"/>, <see cref="TextFlag"/>, <see cref="ChoiceFlag"/>, <see cref="ListFlag"/>.
/// </summary>
/// <param name="Name">Without the dashes.</param>
/// <param name="Help">One sentence, without a period.</param>
internal abstract record Flag(string Name, string Help)
{
    internal char? Short { get; init; }

    /// <summary>Names that it had once, without the dashes. They are told to be old.</summary>
    internal IReadOnlyList<string> OldNames { get; init; } = [];

    /// <summary>Names that are as good, without the dashes.</summary>
    internal IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>What stands for the value in the help; null for a switch.</summary>
    internal string? ValueName { get; init; }

    /// <summary>The values that there are, where they are few; the parser takes more, where its help says so.</summary>
    internal IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>An environment variable that says the same; the flag goes before it.</summary>
    internal string? Variable { get; init; }

    /// <summary>What it is without the flag, for people.</summary>
    internal string? Default { get; init; }

    /// <summary>How it stands to kaniko's flag of the same name.</summary>
    internal KanikoParity Kaniko { get; init; } = KanikoParity.Same;
}
