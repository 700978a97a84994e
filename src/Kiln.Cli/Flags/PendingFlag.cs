// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>A flag of kaniko's that Kiln has not yet: it is refused as one that does not exist, since a command line that is not done as it says is worse than none.</summary>
internal sealed record PendingFlag(string Name, bool IsSwitch, string Meanwhile);
