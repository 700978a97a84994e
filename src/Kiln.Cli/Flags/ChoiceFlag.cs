// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>Yes, no, or one of some words beyond that; the flag alone says yes. The last counts.</summary>
internal sealed record ChoiceFlag(string Name, string Help, Action<BuildArguments, string> Set) : Flag(Name, Help);
