// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Kiln.SystemTests.Registry;

/// <summary>Other programs that read what Kiln writes, as witnesses.</summary>
internal static class Programs
{
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':')
        .Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>What the program writes to its standard output; an exception with its complaint where it fails.</summary>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> complaint = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"`{string.Join(' ', command)}` ended with {process.ExitCode}: {await complaint}");
    }
}
