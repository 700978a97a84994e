// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>Yes or no.</summary>
internal sealed record SwitchFlag(string Name, string Help, Action<BuildArguments, bool> Set) : Flag(Name, Help);
