// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Accounts;

/// <summary>A line of passwd(5), without what nobody here asks for.</summary>
public sealed record PasswdEntry(string Name, uint Uid, uint Gid, string Home);
