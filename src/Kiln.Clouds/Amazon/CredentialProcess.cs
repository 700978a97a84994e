// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Amazon;

/// <summary>Runs the command line that `credential_process` names, by the shell as AWS' own tools do. What it prints holds secrets.</summary>
internal static class CredentialProcess
{
    public static async Task<string> RunAsync(string command, string place, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Start(info, place);
        try
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> complaint = process.StandardError.ReadToEndAsync(cancellationToken);
            string answer = await output;
            await complaint;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? answer
                : throw DiagnosticRules.CloudRefused.Error($"the `credential_process` of {place} failed with status {process.ExitCode}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo info, string place)
    {
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception e)
        {
            throw DiagnosticRules.CloudRefused.Error($"the `credential_process` of {place} cannot be run: there is no shell", inner: e);
        }
    }
}
