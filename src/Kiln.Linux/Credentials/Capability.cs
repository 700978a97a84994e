// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Credentials;

/// <summary>capabilities(7), by the kernel's numbers: those that somebody here names.</summary>
public enum Capability
{
    ChangeOwner = 0,
    OverrideFileAccess = 1,
    ReadFiles = 2,
    FileOwner = 3,
    KeepSetIdBits = 4,
    Kill = 5,
    SetGid = 6,
    SetUid = 7,
    SetCapabilities = 8,
    ChangeImmutableFiles = 9,
    BindLowPorts = 10,
    RawSockets = 13,
    ChangeRoot = 18,
    TraceProcesses = 19,
    Administer = 21,
    MakeNodes = 27,
    WriteAudit = 29,
    SetFileCapabilities = 31,
    OverrideFileLabels = 32,
}
