// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Clouds;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Auth;

namespace Kiln.Cli.Start;

/// <summary>`kiln login` and `kiln logout`.</summary>
internal sealed class LoginRun(IReadOnlyDictionary<string, string> environment, TextReader input, TextWriter talk)
{
    private readonly string _configFile = CredentialPlaces.ConfigFile(new Surroundings(environment));

    /// <summary>The registry is asked first: what it does not accept is not stored.</summary>
    internal async Task LoginAsync(BuildArguments arguments, string? named, CancellationToken cancellationToken)
    {
        string host = HostOf(named);
        if (string.IsNullOrEmpty(arguments.Username))
            throw DiagnosticRules.InvalidArgument.Error("`kiln login` needs a user", hint: "write `--username NAME`");
        string password = await ReadPasswordAsync(arguments, cancellationToken);
        var credential = Credential.OfPassword(arguments.Username, password);
        await using var connections = new RegistryConnections(arguments, environment);
        RegistryFindings findings = await connections.Client.ExamineAsync(host, "", credential, cancellationToken);
        if (!findings.IsLetIn)
        {
            string answers = string.Join(", ", findings.Steps.Select(step => $"{step.What}: {step.Result}"));
            throw DiagnosticRules.LoginRefused.Error($"`{host}` does not accept {credential} with this password ({answers})");
        }
        string? helper = await new DockerConfigWriter(_configFile).StoreAsync(host, credential, cancellationToken);
        if (helper is null)
            await talk.WriteLineAsync($"warning: the password stands unencrypted in `{_configFile}`; a helper program that `credsStore` names there keeps it better");
        await talk.WriteLineAsync($"Login Succeeded: {credential} at `{host}`{(helper is null ? "" : $", kept by `docker-credential-{helper}`")}");
    }

    internal async Task LogoutAsync(string? named, CancellationToken cancellationToken)
    {
        string host = HostOf(named);
        bool erased = await new DockerConfigWriter(_configFile).EraseAsync(host, cancellationToken);
        await talk.WriteLineAsync(erased ? $"removed the credentials for `{host}` from `{_configFile}`" : $"`{_configFile}` has no credentials for `{host}`");
    }

    private static string HostOf(string? named)
    {
        string host = HostName.Of(named ?? ImageReference.DefaultHost);
        string rest = (named ?? "").Split("://")[^1].TrimEnd('/');
        return rest.Contains('/') || !ImageReference.TryParse(host + "/x", out ImageReference? reference) || reference.Host != host
            ? throw DiagnosticRules.InvalidArgument.Error($"`{named}` is not the host of a registry", hint: "write `host[:port]`")
            : host;
    }

    private async Task<string> ReadPasswordAsync(BuildArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.PasswordFromInput == arguments.Password is not null)
            throw DiagnosticRules.InvalidArgument.Error("`kiln login` needs the password in exactly one way", hint: "write `--password-stdin`, or `--password`");
        if (arguments.Password is { } typed)
            return typed;
        string text = await input.ReadToEndAsync(cancellationToken);
        string password = text.EndsWith('\n') ? text[..^1] : text;
        password = password.EndsWith('\r') ? password[..^1] : password;
        return string.IsNullOrWhiteSpace(password)
            ? throw DiagnosticRules.InvalidArgument.Error("the standard input has no password")
            : password;
    }
}
