// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using Kiln.Clouds.Azure;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Objects;

/// <summary>
/// A blob of Azure Storage. Who asks is proved by the URL's own signature (SAS), else by the account's key of AZURE_STORAGE_ACCESS_KEY, else by a token of Entra ID; where there
/// is none of them, public blobs can be had.
/// </summary>
public sealed class AzureObject : ICloudObject
{
    private const string KeyVariable = "AZURE_STORAGE_ACCESS_KEY";

    /// <summary>The service's version whose rules are followed; the first with tokens was 2017-11-09.</summary>
    private const string Version = "2021-08-06";

    private readonly string _account;
    private readonly AzureCloud _cloud;
    private readonly byte[]? _key;
    private readonly bool _isSigned;
    private readonly Func<AzureTokens> _tokens;
    private readonly TimeProvider _time;
    private CloudToken? _used;

    private AzureObject(Uri address, string account, AzureCloud cloud, byte[]? key, Func<AzureTokens> tokens, TimeProvider time)
    {
        (Address, _account, _cloud, _key, _tokens, _time) = (address, account, cloud, key, tokens, time);
        _isSigned = address.Query.TrimStart('?').Split('&').Any(pair => pair.StartsWith("sig=", StringComparison.Ordinal));
    }

    public Uri Address { get; }

    /// <summary>Null where the URL is no blob's: the host is not an account's at one of Azure's clouds.</summary>
    /// <param name="url">`https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB[?SAS]`.</param>
    /// <param name="surroundings">Hold the account's key.</param>
    /// <param name="tokens">Asked for a token when it is needed.</param>
    /// <param name="time">The clock.</param>
    public static AzureObject? Find(string url, Surroundings surroundings, Func<AzureTokens> tokens, TimeProvider time)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme != "https" || AzureCloud.OfStorage(address.IdnHost, out string account) is not { } cloud)
            return null;
        if (address.AbsolutePath.Trim('/').Split('/') is not [_, _, ..])
            throw DiagnosticRules.ContextNotFound.Error($"`{address.GetLeftPart(UriPartial.Path)}` names no blob", hint: "write `https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB`");
        return new AzureObject(new UriBuilder(address) { UserName = "", Password = "", Fragment = "" }.Uri, account, cloud, ReadKey(surroundings), tokens, time);
    }

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_isSigned)
            return;
        if (_key is null && (_used = await _tokens().FindAsync(_cloud, cancellationToken)) is null)
            return;
        request.Headers.TryAddWithoutValidation("x-ms-version", Version);
        if (_key is null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _used!.Text);
        else
            SharedKeySignature.Sign(request, _account, _key, _time.GetUtcNow());
    }

    public string? FindHint(HttpStatusCode status, string? code) => (status, code) switch
    {
        (_, "ContainerNotFound") => "the storage account has no such container",
        (HttpStatusCode.NotFound, _) when !_isSigned && _key is null && _used is null => $"there is no such blob, or it is not public: {NoProof}",
        (HttpStatusCode.NotFound, _) => "the container holds no such blob",
        (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest or HttpStatusCode.Conflict, _) =>
            _isSigned ? "it was asked for with the signature (SAS) of the URL, which may have ended, or permit something else"
            : _key is not null ? $"it was asked for with the key of {KeyVariable}"
            : _used is { } token ? $"it was asked for with a token of {token.Place}, which needs the role Storage Blob Data Reader"
            : NoProof,
        _ => null,
    };

    public override string ToString() => Address.GetLeftPart(UriPartial.Path);

    private static string NoProof => $"no Azure credentials were found: set {KeyVariable}, use a URL with a signature (SAS), or give the pod a workload identity";

    private static byte[]? ReadKey(Surroundings surroundings)
    {
        if (surroundings.Find(KeyVariable) is not { } text)
            return null;
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw DiagnosticRules.CloudRefused.Error($"the environment's {KeyVariable} is no base64, so it is no key of a storage account");
        }
    }
}
