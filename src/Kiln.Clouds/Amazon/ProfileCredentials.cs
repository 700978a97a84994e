// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Amazon;

/// <summary>What a profile of `~/.aws` says: keys, a program that prints keys, or a role and who takes it on.</summary>
internal sealed class ProfileCredentials(Surroundings surroundings, SecurityTokenService sts, ContainerRole container, InstanceRole instance, TimeProvider time)
{
    // A role of a profile of a role: nobody goes deeper, and a circle ends.
    private const int MostProfiles = 5;

    /// <summary>Null where there is no profile, or it says nothing of credentials.</summary>
    public Task<AmazonCredential?> FindAsync(string region, CancellationToken cancellationToken)
    {
        string? named = surroundings.Find("AWS_PROFILE");
        SharedProfiles profiles = SharedProfiles.Read(surroundings);
        string name = named ?? "default";
        if (profiles.Find(name) is not null)
            return FindAsync(profiles, name, region, 0, cancellationToken);
        return named is null
            ? Task.FromResult<AmazonCredential?>(null)
            : throw DiagnosticRules.CloudRefused.Error($"AWS_PROFILE names the profile `{named}`, which neither file of `~/.aws` has");
    }

    private async Task<AmazonCredential?> FindAsync(SharedProfiles profiles, string name, string region, int depth, CancellationToken cancellationToken)
    {
        string place = $"the AWS profile `{name}`";
        IReadOnlyDictionary<string, string> profile = profiles.Find(name)
            ?? throw DiagnosticRules.CloudRefused.Error($"there is no AWS profile `{name}`, which another one names");
        if (depth == MostProfiles)
            throw DiagnosticRules.CloudRefused.Error($"{place} names a profile that names a profile, more than {MostProfiles} times");

        string? role = profile.GetValueOrDefault("role_arn");
        string session = profile.GetValueOrDefault("role_session_name") ?? AmazonCredentials.SessionName;
        if (role is not null && profile.GetValueOrDefault("web_identity_token_file") is { } file)
        {
            string token = Surroundings.ReadFile(file, place).Trim();
            return await sts.AssumeByWebIdentityAsync(role, session, token, region, place, cancellationToken);
        }
        if (role is not null && await SignerAsync(profiles, name, profile, region, depth, cancellationToken) is { } signer)
            return await sts.AssumeAsync(role, session, profile.GetValueOrDefault("external_id"), signer, region, place, cancellationToken);
        if (Keys(profile, place) is { } keys)
            return keys;
        if (profile.GetValueOrDefault("credential_process") is { Length: > 0 } process)
            return await RunAsync(process, place, cancellationToken);
        if (profile.ContainsKey("sso_session") || profile.ContainsKey("sso_start_url"))
            throw DiagnosticRules.CloudRefused.Error(
                $"{place} signs on by a browser, which a builder cannot", hint: "hand the keys over: `eval $(aws configure export-credentials --format env)`");
        return null;
    }

    private async Task<AmazonCredential?> SignerAsync(
        SharedProfiles profiles, string name, IReadOnlyDictionary<string, string> profile, string region, int depth, CancellationToken cancellationToken)
    {
        if (profile.GetValueOrDefault("source_profile") is { } source)
        {
            return source == name
                ? Keys(profile, $"the AWS profile `{name}`")
                : await FindAsync(profiles, source, region, depth + 1, cancellationToken);
        }
        return profile.GetValueOrDefault("credential_source") switch
        {
            "Environment" => AmazonCredentials.FindKeys(surroundings),
            "EcsContainer" => await container.FindAsync(cancellationToken),
            "Ec2InstanceMetadata" => await instance.FindAsync(cancellationToken),
            _ => null,
        } ?? throw DiagnosticRules.CloudRefused.Error($"the AWS profile `{name}` has a role, and nobody who could take it on");
    }

    private static AmazonCredential? Keys(IReadOnlyDictionary<string, string> profile, string place) => AmazonCredential.Find(
        new AmazonSecrets
        {
            AccessKeyId = profile.GetValueOrDefault("aws_access_key_id"),
            SecretAccessKey = profile.GetValueOrDefault("aws_secret_access_key"),
            SessionToken = profile.GetValueOrDefault("aws_session_token"),
        },
        place);

    private async Task<AmazonCredential?> RunAsync(string command, string place, CancellationToken cancellationToken)
    {
        string output = await CredentialProcess.RunAsync(command, place, cancellationToken);
        try
        {
            AmazonSecrets? secrets = JsonSerializer.Deserialize(output, CloudJson.Default.AmazonSecrets);
            if (secrets is not null && AmazonCredential.Find(secrets, place) is { } keys && keys.End > time.GetUtcNow())
                return keys;
        }
        catch (JsonException)
        {
        }
        throw DiagnosticRules.CloudRefused.Error($"the `credential_process` of {place} printed no keys, or such as have ended");
    }
}
