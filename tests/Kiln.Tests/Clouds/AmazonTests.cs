// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Clouds;
using Kiln.Clouds.Amazon;
using Kiln.Diagnostics;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Clouds;

public sealed class AmazonTests : IDisposable
{
    private const string Host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
    private const string Keys = """{"AccessKeyId":"ASIA1","SecretAccessKey":"s1","Token":"t1","Expiration":"2999-01-01T00:00:00Z"}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_signature_is_that_of_Amazons_published_example()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://example.amazonaws.com/");
        var credential = new AmazonCredential("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null, DateTimeOffset.MaxValue, "the test");

        RequestSignature.Sign(request, [], credential, "us-east-1", "service", new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            request.Headers.Authorization!.ToString());
    }

    [Fact]
    public async Task Keys_of_the_environment_are_exchanged_for_a_password_by_a_signed_request()
    {
        await using var ecr = new FakeServer(request => SignedRequest.IsSignedBy(request, "secret/1", "eu-central-1", "ecr") ? Authorization("AWS:pass") : FakeResponse.Of(403));

        RegistryPassword? password = await FindAsync(
            Host, ("AWS_ENDPOINT_URL_ECR", $"http://{ecr.Address}"), ("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "secret/1"), ("AWS_SESSION_TOKEN", "session"));

        Assert.Equal(("AWS", "pass", "access key `AKIA1` of AWS_ACCESS_KEY_ID"), (password!.User, password.Password, password.Place));
        FakeRequest request = Assert.Single(ecr.Requests);
        Assert.Equal("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", request.Headers["x-amz-target"]);
        Assert.Equal("application/x-amz-json-1.1", request.Headers["content-type"]);
        Assert.Equal("session", request.Headers["x-amz-security-token"]);
        Assert.Equal("""{"registryIds":["123456789012"]}""", Encoding.UTF8.GetString(request.Body));
    }

    [Fact]
    public async Task The_public_registry_is_asked_by_its_own_service()
    {
        string answer = """{"authorizationData":{"authorizationToken":"PASS","expiresAt":"2999-01-01T00:00:00Z"}}""".Replace("PASS", Convert.ToBase64String("AWS:pub"u8), StringComparison.Ordinal);
        await using var ecr = new FakeServer(request => SignedRequest.IsSignedBy(request, "s", "us-east-1", "ecr-public") ? FakeResponse.Of(200, answer) : FakeResponse.Of(403));

        RegistryPassword? password = await FindAsync(
            "public.ecr.aws", ("AWS_ENDPOINT_URL_ECR_PUBLIC", $"http://{ecr.Address}"), ("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s"));

        Assert.Equal("pub", password!.Password);
        Assert.Equal("SpencerFrontendService.GetAuthorizationToken", Assert.Single(ecr.Requests).Headers["x-amz-target"]);
    }

    [Fact]
    public async Task A_password_is_asked_for_once_while_it_lives()
    {
        await using var ecr = new FakeServer(_ => Authorization("AWS:pass"));
        using CloudClient client = CloudClients.Create();
        Surroundings surroundings = CloudClients.Of(("AWS_ENDPOINT_URL_ECR", $"http://{ecr.Address}"), ("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s"));
        using var credentials = new AmazonCredentials(surroundings, client);
        using var passwords = new ElasticRegistryPasswords(credentials, surroundings, client);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => passwords.FindAsync(ElasticRegistry.Find(Host)!, Cancel).AsTask()));

        Assert.Single(ecr.Requests);
    }

    [Fact]
    public async Task The_web_identity_of_a_service_account_takes_on_its_role()
    {
        await using var sts = new FakeServer(_ => FakeResponse.Of(200, """
            <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><SessionToken>tok&amp;en</SessionToken>
            <SecretAccessKey>role-secret</SecretAccessKey><Expiration>2999-01-01T00:00:00Z</Expiration><AccessKeyId>ASIAROLE</AccessKeyId></Credentials>
            </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
            """));

        AmazonCredential? found = await CredentialAsync(
            ("AWS_ENDPOINT_URL_STS", $"http://{sts.Address}"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/r"), ("AWS_WEB_IDENTITY_TOKEN_FILE", Write("token", "jwt\n")));

        Assert.Equal(("ASIAROLE", "role-secret", "tok&en"), (found!.KeyId, found.SecretKey, found.SessionToken));
        string form = Encoding.UTF8.GetString(Assert.Single(sts.Requests).Body);
        Assert.Equal("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=kiln&WebIdentityToken=jwt", form);
    }

    [Fact]
    public async Task A_pods_identity_is_asked_for_with_the_token_in_its_file()
    {
        await using var agent = new FakeServer(request => request.Authorization == "pod-token" ? FakeResponse.Of(200, Keys) : FakeResponse.Of(401));

        AmazonCredential? found = await CredentialAsync(
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"http://{agent.Address}/v1/credentials"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Write("pod", "pod-token\n")));

        Assert.Equal(("ASIA1", "s1", "t1", "the container's role"), (found!.KeyId, found.SecretKey, found.SessionToken, found.Place));
        Assert.Equal(["GET /v1/credentials"], agent.Log);
    }

    [Theory]
    [InlineData("http://registry.example.com/keys")]
    [InlineData("http://10.0.0.1/keys")]
    public async Task A_containers_token_does_not_go_in_clear_to_another_machine(string address)
    {
        var error = await Assert.ThrowsAsync<BuildException>(() => CredentialAsync(("AWS_CONTAINER_CREDENTIALS_FULL_URI", address), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod-token")));

        Assert.Equal(DiagnosticRules.CloudRefused, error.Diagnostic.Rule);
        Assert.DoesNotContain("pod-token", error.ToString());
    }

    [Fact]
    public async Task The_machines_role_is_asked_for_with_a_session()
    {
        await using var metadata = new FakeServer(request => (request.Method, request.Path, request.Headers.GetValueOrDefault("x-aws-ec2-metadata-token")) switch
        {
            ("PUT", "/latest/api/token", null) when request.Headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600" => FakeResponse.Of(200, "session"),
            ("GET", "/latest/meta-data/iam/security-credentials/", "session") => FakeResponse.Of(200, "builder\n"),
            ("GET", "/latest/meta-data/iam/security-credentials/builder", "session") => FakeResponse.Of(200, Keys),
            _ => FakeResponse.Of(401),
        });

        AmazonCredential? found = await CredentialAsync(("AWS_EC2_METADATA_SERVICE_ENDPOINT", $"http://{metadata.Address}"));

        Assert.Equal(("ASIA1", "the machine's role `builder`"), (found!.KeyId, found.Place));
    }

    [Theory]
    [InlineData("AWS_EC2_METADATA_DISABLED", "true")]
    [InlineData("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1")]
    public async Task Without_anything_there_is_no_credential(string variable, string value) => Assert.Null(await CredentialAsync((variable, value)));

    [Fact]
    public async Task A_profile_has_keys_or_a_role_and_who_takes_it_on()
    {
        await using var sts = new FakeServer(request => SignedRequest.IsSignedBy(request, "source-secret", "eu-central-1", "sts")
            ? FakeResponse.Of(200, "<AccessKeyId>ASIAP</AccessKeyId><SecretAccessKey>x</SecretAccessKey>") : FakeResponse.Of(403));
        Write(".aws/config", "[default]\nregion = x\n[profile deploy]\nrole_arn = arn:r\nsource_profile = keys\nexternal_id = ext\ns3 =\n  max_concurrent_requests = 1\n");
        Write(".aws/credentials", "# comment\n[keys]\naws_access_key_id=AKIAK\naws_secret_access_key = source-secret\n");

        AmazonCredential? found = await CredentialAsync(("HOME", _directory), ("AWS_PROFILE", "deploy"), ("AWS_ENDPOINT_URL_STS", $"http://{sts.Address}"));

        Assert.Equal(("ASIAP", "the AWS profile `deploy`"), (found!.KeyId, found.Place));
        Assert.Contains("ExternalId=ext", Encoding.UTF8.GetString(Assert.Single(sts.Requests).Body));
    }

    [Fact]
    public async Task A_profiles_program_prints_keys()
    {
        Write(".aws/config", $"[default]\ncredential_process = echo '{Keys.Replace("Token", "SessionToken", StringComparison.Ordinal)}'\n");

        Assert.Equal("t1", (await CredentialAsync(("HOME", _directory)))!.SessionToken);
    }

    [Theory]
    [InlineData("[profile x]\nrole_arn=r\nsource_profile=x2\n[profile x2]\nrole_arn=r\nsource_profile=x\n", "more than 5 times")]
    [InlineData("[profile x]\nrole_arn=r\n", "nobody who could take it on")]
    [InlineData("[profile x]\nsso_session=s\n", "signs on by a browser")]
    [InlineData("[profile x]\ncredential_process=echo secret; exit 3\n", "failed with status 3")]
    [InlineData("[profile y]\n", "names the profile `x`")]
    public async Task A_profile_that_leads_nowhere_is_an_error(string config, string message)
    {
        Write(".aws/config", config);

        var error = await Assert.ThrowsAsync<BuildException>(() => CredentialAsync(("HOME", _directory), ("AWS_PROFILE", "x")));

        Assert.Contains(message, error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Theory]
    [InlineData(Host, "123456789012", "eu-central-1", "api.ecr.eu-central-1.amazonaws.com")]
    [InlineData("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "123456789012", "us-gov-west-1", "ecr-fips.us-gov-west-1.amazonaws.com")]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "123456789012", "cn-north-1", "api.ecr.cn-north-1.amazonaws.com.cn")]
    [InlineData("123456789012.dkr-ecr.us-west-2.on.aws", "123456789012", "us-west-2", "ecr.us-west-2.api.aws")]
    [InlineData("public.ecr.aws", null, "us-east-1", "api.ecr-public.us-east-1.amazonaws.com")]
    public void A_registry_is_known_by_its_host(string host, string? account, string region, string api)
    {
        ElasticRegistry registry = ElasticRegistry.Find(host)!;

        Assert.Equal((account, region, api), (registry.Account, registry.Region, registry.Api));
    }

    [Theory]
    [InlineData("docker.io")]
    [InlineData("123456789012.dkr.ecr.eu-central-1.amazonaws.com.example.com")]
    [InlineData("123456789012.dkr.ecr.eu-central-1.example.com")]
    [InlineData("x.dkr.ecr.eu-central-1.amazonaws.com")]
    [InlineData("123456789012.ecr.eu-central-1.amazonaws.com")]
    [InlineData("123456789012.dkr.dkr-ecr.us-west-2.on.aws")]
    [InlineData("123456789012.dkr.ecr.eu-central-1.amazonaws.com:5000")]
    [InlineData("public.ecr.aws.example.com")]
    [InlineData("a.b.c.d")]
    public void Another_host_is_no_registry_of_Amazons(string host) => Assert.Null(ElasticRegistry.Find(host));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<AmazonCredential?> CredentialAsync(params (string, string)[] variables)
    {
        using CloudClient client = CloudClients.Create();
        using var credentials = new AmazonCredentials(CloudClients.Of(variables), client);
        return await credentials.FindAsync("eu-central-1", Cancel);
    }

    private static async Task<RegistryPassword?> FindAsync(string host, params (string, string)[] variables)
    {
        using CloudClient client = CloudClients.Create();
        Surroundings surroundings = CloudClients.Of(variables);
        using var credentials = new AmazonCredentials(surroundings, client);
        using var passwords = new ElasticRegistryPasswords(credentials, surroundings, client);
        return await passwords.FindAsync(ElasticRegistry.Find(host)!, Cancel);
    }

    private static FakeResponse Authorization(string password) => FakeResponse.Of(
        200, $$"""{"authorizationData":[{"authorizationToken":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(password))}}","expiresAt":32472144000.0,"proxyEndpoint":"https://x"}]}""");
}
