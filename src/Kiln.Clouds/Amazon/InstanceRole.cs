// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>Keys of the machine's role, from EC2's metadata service in its second version: a token first, then the role's name, then its keys.</summary>
internal sealed class InstanceRole(Surroundings surroundings, CloudClient client)
{
    private const string Service = "EC2's metadata service";
    private const string TokenHeader = "X-aws-ec2-metadata-token";

    /// <summary>Null where there is no such service, or the machine has no role.</summary>
    public async Task<AmazonCredential?> FindAsync(CancellationToken cancellationToken)
    {
        if (surroundings.IsTrue("AWS_EC2_METADATA_DISABLED"))
            return null;
        Uri service = Address();
        CloudAnswer? token = await client.FindNearAsync(
            Service,
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Put, new Uri(service, "latest/api/token"));
                request.Headers.TryAddWithoutValidation("X-aws-ec2-metadata-token-ttl-seconds", "21600");
                return request;
            },
            cancellationToken);
        // Another cloud's service has the same address, and no such path.
        if (token is not { IsSuccess: true })
            return null;
        if (await GetAsync("latest/meta-data/iam/security-credentials/") is not { IsSuccess: true } roles)
            return null;
        string role = roles.Text.Split('\n')[0].Trim();
        if (role.Length == 0 || await GetAsync($"latest/meta-data/iam/security-credentials/{Uri.EscapeDataString(role)}") is not { } answer)
            return null;
        return AmazonCredential.Find(answer.Parse(CloudJson.Default.AmazonSecrets), $"the machine's role `{role}`") ?? throw answer.Malformed();

        Task<CloudAnswer?> GetAsync(string path) => client.FindNearAsync(
            Service,
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service, path));
                request.Headers.TryAddWithoutValidation(TokenHeader, token.Text.Trim());
                return request;
            },
            cancellationToken);
    }

    private Uri Address()
    {
        bool isIPv6 = "IPv6".Equals(surroundings.Find("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), StringComparison.OrdinalIgnoreCase);
        string address = surroundings.Find("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
        return new Uri(address.TrimEnd('/') + "/");
    }
}
