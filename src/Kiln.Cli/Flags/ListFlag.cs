// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>Any number of values.</summary>
internal sealed record ListFlag(string Name, string Help, Action<BuildArguments, IReadOnlyList<string>> Set) : Flag(Name, Help);
