// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Auth;

namespace Kiln.Cli.Start;

/// <summary>
/// `kiln auth explain`: (1) which hosts a pull asks, (2) what each place of credentials has, and which counts, (3) what the registry answers. Nothing of it
/// holds a secret.
/// </summary>
internal sealed class ExplainRun(IReadOnlyDictionary<string, string> environment, TextWriter output)
{
    /// <summary>False where the registry does not let us in.</summary>
    internal async Task<bool> RunAsync(BuildArguments arguments, string subject, CancellationToken cancellationToken)
    {
        (string host, string repository, ImageReference? image) = Parse(subject);
        await using var connections = new RegistryConnections(arguments, environment);
        await output.WriteLineAsync(repository.Length == 0 ? host : $"{host}/{repository}");

        // (1)
        if (image is not null && connections.Client.PullOrder(image) is var order && (order.Count > 1 || order[0] != image.Name))
            await WriteAsync("a pull asks", order);

        // (2)
        IReadOnlyList<CredentialLookup> lookups = await connections.Credentials.FindAllAsync(host, repository, cancellationToken);
        CredentialLookup? used = lookups.FirstOrDefault(lookup => lookup.Credential is not null);
        await WriteAsync("credentials", lookups.Select(lookup => Describe(lookup, used)));
        if (used is null)
            await output.WriteLineAsync("  so the registry is asked without");

        // (3)
        RegistryFindings findings = await connections.Client.ExamineAsync(host, repository, used?.Credential, cancellationToken);
        await WriteAsync("the registry", findings.Steps.Select(step => $"{step.What}: {step.Result}"));
        await output.WriteLineAsync(findings.IsLetIn ? "  so it lets us in" : "  so it does not let us in");
        return findings.IsLetIn;
    }

    private static string Describe(CredentialLookup lookup, CredentialLookup? used) =>
        lookup == used ? $"{lookup.Credential} from {lookup.Place}: used"
        : lookup.Credential is not null ? $"{lookup.Credential} from {lookup.Place}: passed over, another one comes first"
        : $"{lookup.Place}: {lookup.Reason ?? "nothing"}";

    private async Task WriteAsync(string title, IEnumerable<string> lines)
    {
        await output.WriteLineAsync($"{title}:");
        foreach (string line in lines)
            await output.WriteLineAsync($"  {line}");
        await output.FlushAsync();
    }

    /// <summary>`host`, `host:port`, or an image as a Dockerfile has it.</summary>
    private static (string Host, string Repository, ImageReference? Image) Parse(string subject)
    {
        string text = subject.Split("://")[^1].TrimEnd('/');
        string first = text.Split(':')[0];
        if (!text.Contains('/') && (text.StartsWith('[') || first.Contains('.') || first == "localhost"))
        {
            string host = HostName.Of(text);
            return ImageReference.TryParse(host + "/x", out ImageReference? probe) && probe.Host == host
                ? (host, "", null)
                : throw DiagnosticRules.InvalidArgument.Error($"`{subject}` is not the host of a registry", hint: "write `host[:port]` or `host[:port]/repository`");
        }
        ImageReference image = ImageReference.Parse(text);
        return (image.Host, image.Repository, image);
    }
}
