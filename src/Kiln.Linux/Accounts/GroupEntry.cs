// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Linux.Accounts;

/// <summary>A line of group(5).</summary>
public sealed record GroupEntry(string Name, uint Gid, ImmutableArray<string> Members);
