// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>One value; the last counts.</summary>
internal sealed record TextFlag(string Name, string Help, Action<BuildArguments, string> Set) : Flag(Name, Help);
