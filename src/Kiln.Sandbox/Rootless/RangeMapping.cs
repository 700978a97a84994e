// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using Kiln.Linux.Accounts;
using Kiln.Linux.Credentials;

namespace Kiln.Sandbox.Rootless;

/// <summary>Maps root to the user and 1 and up to the ranges that `/etc/subuid` and `/etc/subgid` have for the user, by the set-uid programs that may do so.</summary>
internal static class RangeMapping
{
    /// <summary>False where there are no ranges or no programs, or where these refuse (no-new-privileges). The process is of no more use then.</summary>
    public static bool TryWrite(int processId)
    {
        uint uid = Credential.EffectiveUid;
        string? name = AccountFiles.Parse(Read("/etc/passwd"), []).FindUser(uid)?.Name;
        return Find("/etc/subuid", name, uid) is { } users
            && Find("/etc/subgid", name, uid) is { } groups
            && TryRun("newuidmap", processId, uid, users)
            && TryRun("newgidmap", processId, Credential.EffectiveGid, groups);
    }

    private static SubordinateIds? Find(string path, string? name, uint uid) => SubordinateIds.Find(System.Text.Encoding.UTF8.GetString(Read(path)), name, uid);

    private static byte[] Read(string path) => File.Exists(path) ? File.ReadAllBytes(path) : [];

    private static bool TryRun(string program, int processId, uint own, SubordinateIds range)
    {
        try
        {
            string[] arguments = [$"{processId}", "0", $"{own}", "1", "1", $"{range.Start}", $"{range.Count}"];
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // it is not installed
        }
    }
}
