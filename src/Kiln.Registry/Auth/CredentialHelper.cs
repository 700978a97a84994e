// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>
/// The protocol of Docker's credential helpers: `docker-credential-NAME get` reads the server from its input and writes user and
/// secret as JSON; `store` reads such JSON, `erase` the server.
/// </summary>
internal static class CredentialHelper
{
    private const string NotFound = "credentials not found in native keychain";

    // "Username: set to <token> if an identity token is used" (docker-credential-helpers, README).
    private const string TokenUser = "<token>";

    public static string ProgramOf(string name) => name.Contains('/')
        ? throw DiagnosticRules.CredentialsUnreadable.Error($"`{name}` is not the name of a credential helper")
        : "docker-credential-" + name;

    /// <summary>Null where the program is not on PATH.</summary>
    public static ValueTask<CredentialLookup?> FindAsync(string name, string server, CancellationToken cancellationToken) =>
        GetAsync(ProgramOf(name), server, cancellationToken);

    internal static async ValueTask<CredentialLookup?> GetAsync(string program, string server, CancellationToken cancellationToken) =>
        await RunAsync(program, "get", server + "\n", cancellationToken) is not { } ended ? null
        : ended.Status == 0 ? Parse(program, ended.Output)
        : IsNotFound(ended.Output) ? new CredentialLookup(null, $"the helper `{program}`") { Reason = "it knows nothing of the host" }
        : throw Failed(program, ended.Status, ended.Output);

    public static async Task StoreAsync(string name, string server, Credential credential, CancellationToken cancellationToken)
    {
        using var input = new MemoryStream();
        using (var writer = new Utf8JsonWriter(input))
        {
            writer.WriteStartObject();
            writer.WriteString("ServerURL", server);
            writer.WriteString("Username", credential.Username ?? TokenUser);
            writer.WriteString("Secret", credential.Secret);
            writer.WriteEndObject();
        }
        await DemandAsync(ProgramOf(name), "store", Encoding.UTF8.GetString(input.ToArray()), cancellationToken);
    }

    /// <summary>False where it knew nothing of the server.</summary>
    public static Task<bool> EraseAsync(string name, string server, CancellationToken cancellationToken) =>
        DemandAsync(ProgramOf(name), "erase", server + "\n", cancellationToken);

    private static async Task<bool> DemandAsync(string program, string action, string input, CancellationToken cancellationToken)
    {
        (int status, string output) = await RunAsync(program, action, input, cancellationToken)
            ?? throw DiagnosticRules.CredentialsUnreadable.Error(
                $"the credential helper `{program}`, which `config.json` names, is not on PATH", hint: "install it, or take it out of `config.json`");
        if (status == 0)
            return true;
        return IsNotFound(output) ? false : throw Failed(program, status, output);
    }

    private static async Task<(int Status, string Output)?> RunAsync(string program, string action, string input, CancellationToken cancellationToken)
    {
        using Process? process = Start(program, action);
        if (process is null)
            return null;
        try
        {
            // Both streams are read at once, or a helper that fills one would wait for ever.
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> complaint = process.StandardError.ReadToEndAsync(cancellationToken);
            await TellAsync(process, input, cancellationToken);
            string answer = await output;
            await complaint;
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, answer);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process? Start(string program, string action)
    {
        var info = new ProcessStartInfo(program, [action])
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

    private static async Task TellAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
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
        catch (JsonException)
        {
            // Without the parser's message: it may quote the answer.
            throw DiagnosticRules.CredentialsUnreadable.Error($"the credential helper `{program}` answered something else than JSON");
        }
    }

    // Failures are told on the standard output.
    private static bool IsNotFound(string output) => output.Contains(NotFound, StringComparison.OrdinalIgnoreCase);

    private static BuildException Failed(string program, int status, string output) => DiagnosticRules.CredentialsUnreadable.Error(
        $"the credential helper `{program}` failed with status {status}: {output.Split('\n')[0].Trim()}");
}
