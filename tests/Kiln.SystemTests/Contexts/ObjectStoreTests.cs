// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Kiln.Tests.Servers;
using Xunit;

namespace Kiln.SystemTests.Contexts;

/// <summary>Build contexts in object stores: servers that speak Amazon's and Azure's protocols.</summary>
public sealed class ObjectStoreTests(BuildWorld world, NpmServers servers)
{
    private const string Account = "kilntest";
    private const string BlobHost = $"{Account}.blob.core.windows.net";

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_of_s3_is_a_context()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string program = await servers.FindAsync("s3rver");
        string archive = await ContextArchive.MakeAsync(place, "context.tar.gz", Token);
        await using PeerProcess s3 = await PeerProcess.StartAsync(
            port => [program, "-d", place.Path("s3"), "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "--configure-bucket", "bucket"], new Dictionary<string, string>(), Token);
        using (var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{s3.Port}/bucket/") })
        {
            byte[] bytes = await File.ReadAllBytesAsync(archive, Token);
            await PutAsync(http, "a%20b/context.tar.gz", bytes);
            await PutAsync(http, "cut.tar.gz", bytes[..(bytes.Length / 2)]);
        }
        place.Environment["S3_ENDPOINT"] = $"http://127.0.0.1:{s3.Port}";
        place.Environment["S3_FORCE_PATH_STYLE"] = "true";
        place.Environment["AWS_REGION"] = "eu-central-1";
        place.Environment["AWS_ACCESS_KEY_ID"] = place.Environment["AWS_SECRET_ACCESS_KEY"] = "S3RVER";
        string image = place.NewDestination();

        KilnRun run = await place.BuildAsync(["--context", "s3://bucket/a b/context.tar.gz", "--destination", image], Token);
        KilnRun cut = await place.BuildAsync(["--context", "s3://bucket/cut.tar.gz", "--no-push"], Token);
        KilnRun missing = await place.BuildAsync(["--context", "s3://bucket/none", "--no-push"], Token);
        KilnRun noBucket = await place.BuildAsync(["--context", "s3://none", "--no-push"], Token);
        place.Environment["AWS_ACCESS_KEY_ID"] = "AKIAWRONG";
        KilnRun refused = await place.BuildAsync(["--context", "s3://bucket/cut.tar.gz", "--no-push"], Token);

        await ContextArchive.CheckAsync(place, run, image, Token);
        ContextArchive.CheckRefused(place, cut, "KILN2013", "the archive `s3://bucket/cut.tar.gz` is broken or not all there: the archive ends inside a file");
        ContextArchive.CheckRefused(
            place, missing, "KILN2050", "`s3://bucket/none` cannot be downloaded: the server answered 404 NoSuchKey", "the bucket `bucket` holds no object `none`");
        ContextArchive.CheckRefused(
            place, noBucket, "KILN2050", "`s3://none/context.tar.gz` cannot be downloaded: the server answered 404 NoSuchBucket", $"there is no bucket `none` at `127.0.0.1:{s3.Port}`");
        ContextArchive.CheckRefused(
            place, refused, "KILN2050", "`s3://bucket/cut.tar.gz` cannot be downloaded: the server answered 403 InvalidAccessKeyId",
            "it was asked for with the access key `AKIAWRONG` of AWS_ACCESS_KEY_ID, in region `eu-central-1`");
    }

    [Fact]
    public async Task A_blob_of_Azure_is_a_context_by_key_and_by_signature()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        byte[] archive = await File.ReadAllBytesAsync(await ContextArchive.MakeAsync(place, "context.tar.gz", Token), Token);
        await using PeerProcess azurite = await StartAzuriteAsync(place);
        await using var proxy = new ConnectProxy(_ => azurite.Port);
        await FillAsync(place, proxy, archive);
        place.Environment["https_proxy"] = $"http://{proxy.Address}";
        place.Environment["SSL_CERT_FILE"] = place.Path("azure.crt");
        string image = place.NewDestination(), signed = $"{Url("dir/context.tar.gz")}?{Sign("dir/context.tar.gz")}";

        KilnRun bySignature = await place.BuildAsync(["--context", signed, "--destination", image], Token);
        KilnRun forged = await place.BuildAsync(["--context", signed.Replace("sp=r", "sp=w", StringComparison.Ordinal), "--no-push"], Token);
        await ContextArchive.CheckAsync(place, bySignature, image, Token);
        place.Environment["AZURE_STORAGE_ACCESS_KEY"] = Convert.ToBase64String(Key);
        KilnRun byKey = await place.BuildAsync(["--context", Url("dir/context.tar.gz"), "--destination", image], Token);
        KilnRun cut = await place.BuildAsync(["--context", Url("cut.tar.gz"), "--no-push"], Token);
        KilnRun missing = await place.BuildAsync(["--context", Url("none"), "--no-push"], Token);
        place.Environment["AZURE_STORAGE_ACCESS_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        KilnRun refused = await place.BuildAsync(["--context", Url("dir/context.tar.gz"), "--no-push"], Token);

        await ContextArchive.CheckAsync(place, byKey, image, Token);
        ContextArchive.CheckRefused(place, cut, "KILN2013", $"the archive `{Url("cut.tar.gz")}` is broken or not all there: the archive ends inside a file");
        ContextArchive.CheckRefused(place, missing, "KILN2050", $"`{Url("none")}` cannot be downloaded: the server answered 404 BlobNotFound", "the container holds no such blob");
        ContextArchive.CheckRefused(
            place, refused, "KILN2050", $"`{Url("dir/context.tar.gz")}` cannot be downloaded: the server answered 403 AuthorizationFailure", "it was asked for with the key of AZURE_STORAGE_ACCESS_KEY");
        ContextArchive.CheckRefused(
            place, forged, "KILN2050", $"`{Url("dir/context.tar.gz")}` cannot be downloaded: the server answered 403 AuthorizationFailure",
            "it was asked for with the signature (SAS) of the URL, which may have ended, or permit something else");
    }

    private static string Url(string blob) => $"https://{BlobHost}/box/{blob}";

    private async Task<PeerProcess> StartAzuriteAsync(BuildPlace place)
    {
        string program = await servers.FindAsync("azurite-blob");
        await Programs.RunAsync(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", place.Path("azure.key"), "-out", place.Path("azure.crt"), "-days", "2",
                "-subj", "/CN=test", "-addext", $"subjectAltName=DNS:{BlobHost}",
            ],
            Token);
        return await PeerProcess.StartAsync(
            port =>
            [
                program, "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--location", place.Path("azure"),
                "--cert", place.Path("azure.crt"), "--key", place.Path("azure.key"), "--disableTelemetry",
            ],
            new Dictionary<string, string> { ["AZURITE_ACCOUNTS"] = $"{Account}:{Convert.ToBase64String(Key)}" },
            Token);
    }

    private static async Task FillAsync(BuildPlace place, ConnectProxy proxy, byte[] archive)
    {
        using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(place.Path("azure.crt"), Token));
        using var handler = new SocketsHttpHandler { Proxy = new WebProxy($"http://{proxy.Address}") };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(certificate);
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://{BlobHost}/") };
        await SendAsync(http, "box?restype=container", [], "\nrestype:container");
        await SendAsync(http, "box/dir/context.tar.gz", archive, "");
        await SendAsync(http, "box/cut.tar.gz", archive[..(archive.Length / 2)], "");
    }

    /// <summary>A PUT with a shared key, by the steps of Azure's documentation and nothing of the program's own.</summary>
    private static async Task SendAsync(HttpClient http, string path, byte[] body, string query)
    {
        string date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        string length = body.Length == 0 ? "" : body.Length.ToString(CultureInfo.InvariantCulture);
        string text = $"PUT\n\n\n{length}\n\n\n\n\n\n\n\n\nx-ms-blob-type:BlockBlob\nx-ms-date:{date}\nx-ms-version:2021-08-06\n/{Account}/{path.Split('?')[0]}{query}";
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(body) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2021-08-06");
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {Account}:{Mac(text)}");
        using HttpResponseMessage answer = await http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>A signature for reading one blob for an hour (learn.microsoft.com, "Create a service SAS").</summary>
    private static string Sign(string blob)
    {
        string end = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string signature = Mac($"r\n\n{end}\n/blob/{Account}/box/{blob}\n\n\n\n2020-12-06\nb\n\n\n\n\n\n\n");
        return $"sp=r&se={Uri.EscapeDataString(end)}&sv=2020-12-06&sr=b&sig={Uri.EscapeDataString(signature)}";
    }

    private static string Mac(string text) => Convert.ToBase64String(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(text)));

    private static async Task PutAsync(HttpClient http, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.Add("Content-Type", "application/gzip");
        using HttpResponseMessage answer = await http.PutAsync(path, content, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
