// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Amazon;

/// <summary>Keys of a container: those of the task in ECS, and of Pod Identity's agent in EKS.</summary>
internal sealed class ContainerRole(Surroundings surroundings, CloudClient client)
{
    private const string RelativeVariable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string FullVariable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    private const string TokenVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    private const string TokenFileVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

    // ECS, and EKS' Pod Identity: the only ones beside loopback that may be asked in clear.
    private static readonly IPAddress[] Agents = [IPAddress.Parse("169.254.170.2"), IPAddress.Parse("169.254.170.23"), IPAddress.Parse("fd00:ec2::23")];

    /// <summary>Null where the environment names no such service.</summary>
    public async Task<AmazonCredential?> FindAsync(CancellationToken cancellationToken)
    {
        if (FindAddress() is not { } address)
            return null;
        string? token = surroundings.Find(TokenFileVariable) is { } file
            ? Surroundings.ReadFile(file, $"`{TokenFileVariable}`").Trim()
            : surroundings.Find(TokenVariable);
        string service = $"the container's credential service at `{address.Authority}`";
        CloudAnswer answer = await client.FindNearAsync(
            service,
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, address);
                if (token is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", token);
                return request;
            },
            cancellationToken) ?? throw DiagnosticRules.CloudRefused.Error($"{service} cannot be reached");
        return AmazonCredential.Find(answer.Parse(CloudJson.Default.AmazonSecrets), "the container's role") ?? throw answer.Malformed();
    }

    private Uri? FindAddress()
    {
        if (surroundings.Find(RelativeVariable) is { } relative)
            return new Uri(new Uri("http://169.254.170.2"), "/" + relative.TrimStart('/'));
        if (surroundings.Find(FullVariable) is not { } full)
            return null;
        if (!Uri.TryCreate(full, UriKind.Absolute, out Uri? address) || !(address.Scheme == "https" || MayBeAskedInClear(address)))
            throw DiagnosticRules.CloudRefused.Error($"`{FullVariable}` is neither https nor an address of this machine");
        return address;
    }

    private static bool MayBeAskedInClear(Uri address) =>
        address.Scheme == "http" && (address.IsLoopback || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && Agents.Contains(ip)));
}
