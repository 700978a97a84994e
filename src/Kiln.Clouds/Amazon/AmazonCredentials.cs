// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>
/// Who we are to AWS, found as its own tools find it: keys of the environment, the web identity of a service account (IRSA), a profile, the
/// container's role (ECS, Pod Identity), the machine's role.
/// </summary>
public sealed class AmazonCredentials : IDisposable
{
    internal const string SessionName = "kiln";

    private readonly Surroundings _surroundings;
    private readonly AmazonEndpoints _endpoints;
    private readonly SecurityTokenService _sts;
    private readonly ContainerRole _container;
    private readonly InstanceRole _instance;
    private readonly ProfileCredentials _profiles;
    private readonly Cached<AmazonCredential> _cached;

    public AmazonCredentials(Surroundings surroundings, CloudClient client)
    {
        _surroundings = surroundings;
        _endpoints = new AmazonEndpoints(surroundings);
        _sts = new SecurityTokenService(client, _endpoints);
        _container = new ContainerRole(surroundings, client);
        _instance = new InstanceRole(surroundings, client);
        _profiles = new ProfileCredentials(surroundings, _sts, _container, _instance, client.Time);
        _cached = new Cached<AmazonCredential>(client.Time);
    }

    /// <summary>Null where there are none; that there are some which cannot be used is an error.</summary>
    /// <param name="region">Where they are to be used.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public ValueTask<AmazonCredential?> FindAsync(string region, CancellationToken cancellationToken) => _cached.GetAsync(
        async () =>
        {
            AmazonCredential? found = await SearchAsync(_endpoints.Region(region), cancellationToken);
            return (found, found?.End ?? DateTimeOffset.MaxValue);
        },
        cancellationToken);

    public void Dispose() => _cached.Dispose();

    internal static AmazonCredential? FindKeys(Surroundings surroundings) => AmazonCredential.Find(
        new AmazonSecrets
        {
            AccessKeyId = surroundings.Find("AWS_ACCESS_KEY_ID"),
            SecretAccessKey = surroundings.Find("AWS_SECRET_ACCESS_KEY"),
            SessionToken = surroundings.Find("AWS_SESSION_TOKEN"),
        },
        "AWS_ACCESS_KEY_ID");

    private async Task<AmazonCredential?> SearchAsync(string region, CancellationToken cancellationToken) =>
        FindKeys(_surroundings)
        ?? await FindByWebIdentityAsync(region, cancellationToken)
        ?? await _profiles.FindAsync(region, cancellationToken)
        ?? await _container.FindAsync(cancellationToken)
        ?? await _instance.FindAsync(cancellationToken);

    private async Task<AmazonCredential?> FindByWebIdentityAsync(string region, CancellationToken cancellationToken)
    {
        const string FileVariable = "AWS_WEB_IDENTITY_TOKEN_FILE";
        if (_surroundings.Find(FileVariable) is not { } file || _surroundings.Find("AWS_ROLE_ARN") is not { } role)
            return null;
        string token = Surroundings.ReadFile(file, $"`{FileVariable}`").Trim();
        string session = _surroundings.Find("AWS_ROLE_SESSION_NAME") ?? SessionName;
        return await _sts.AssumeByWebIdentityAsync(role, session, token, region, $"the web identity for role `{role}`", cancellationToken);
    }
}
