// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Guest.Programs;

/// <summary>Who a program is told that it is (AT_UID and its like, getauxval(3)), and whether it shall distrust its environment.</summary>
internal readonly record struct ProgramIds(uint Uid, uint Euid, uint Gid, uint Egid, bool Secure);
