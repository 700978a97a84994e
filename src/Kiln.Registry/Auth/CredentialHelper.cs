// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>
/// The protocol of Docker's credential helpers: `docker-credential-NAME get` reads the server from its input and writes user and
/// secret as JSON.
/// </summary>
internal static class CredentialHelper
{
    private const string NotFound = "credentials not found in native keychain";

    // "Username: set to <token> if an identity token is used" (docker-credential-helpers, README).
    private const string TokenUser = "<token>";

    public static ValueTask<CredentialLookup> GetAsync(string name, string server, CancellationToken cancellationToken) =>
        name.Contains('/')
            ? throw DiagnosticRules.CredentialsUnreadable.Error($"`{name}` is not the name of a credential helper")
            : RunAsync("docker-credential-" + name, server, cancellationToken);

    internal static async ValueTask<CredentialLookup> RunAsync(string program, string server, CancellationToken cancellationToken)
    {
        using Process? process = Start(program);
        if (process is null)
            return new CredentialLookup(null, $"the helper `{program}`, which is not on PATH");
        try
        {
            // Both streams are read at once, or a helper that fills one would wait for ever.
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> complaint = process.StandardError.ReadToEndAsync(cancellationToken);
            await AskAsync(process, server, cancellationToken);
            string answer = await output;
            await complaint;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? Parse(program, answer) : Refused(program, process.ExitCode, answer);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process? Start(string program)
    {
        var info = new ProcessStartInfo(program, ["get"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(info);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static async Task AskAsync(Process process, string server, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(server.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        // It ended without reading: its status tells.
        catch (IOException)
        {
        }
    }

    private static CredentialLookup Parse(string program, string answer)
    {
        try
        {
            CredentialHelperAnswer? found = JsonSerializer.Deserialize(answer, RegistryJson.Default.CredentialHelperAnswer);
            if (found?.Secret is not { Length: > 0 } secret)
                return new CredentialLookup(null, $"the helper `{program}`");
            return new CredentialLookup(
                found.Username == TokenUser ? Credential.OfIdentityToken(secret) : Credential.OfPassword(found.Username ?? "", secret),
                $"the helper `{program}`");
        }
        catch (JsonException e)
        {
            throw DiagnosticRules.CredentialsUnreadable.Error(
                $"the credential helper `{program}` answered something else than JSON", inner: e);
        }
    }

    // Failures are told on the standard output.
    private static CredentialLookup Refused(string program, int status, string answer) =>
        answer.Contains(NotFound, StringComparison.OrdinalIgnoreCase)
            ? new CredentialLookup(null, $"the helper `{program}`")
            : throw DiagnosticRules.CredentialsUnreadable.Error(
                $"the credential helper `{program}` failed with status {status}: {answer.Split('\n')[0].Trim()}");
}
