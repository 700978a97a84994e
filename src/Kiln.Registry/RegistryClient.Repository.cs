// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry;

/// <content>A repository as a place to keep things: it is asked itself, never a mirror, and what is not there is no error.</content>
public sealed partial class RegistryClient
{
    /// <summary>
    /// A manifest or an index under a tag or a digest; null where there is none. Whoever asks can do without it: a registry that fails is asked once more,
    /// and not for minutes.
    /// </summary>
    public Task<RawDocument?> FindDocumentAsync(ImageReference reference, CancellationToken cancellationToken) => _manifests.FindAsync(
        PullCall(reference, $"look for `{reference}`") with { HasAlternative = true }, reference.Digest?.ToString() ?? reference.Tag!, cancellationToken);

    /// <summary>The tags of a repository; none where there is no such repository.</summary>
    public IAsyncEnumerable<string> ListTagsAsync(ImageReference repository, CancellationToken cancellationToken) =>
        _tags.ListAsync(PullCall(repository, $"list the tags of `{repository.Name}`"), cancellationToken);

    /// <summary>Removes a manifest with all its tags; its blobs go when the registry cleans up. False where it is not there any more.</summary>
    /// <param name="manifest">Its repository and digest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> DeleteManifestAsync(ImageReference manifest, CancellationToken cancellationToken)
    {
        Digest digest = manifest.Digest ?? throw new ArgumentException("a reference without a digest", nameof(manifest));
        RegistryCall call = PushCall(manifest, $"delete `{manifest.ByDigest(digest)}`") with { Deletes = true };
        using HttpRequestMessage request = call.Request(HttpMethod.Delete, $"manifests/{digest}");
        using HttpResponseMessage response = await _transport.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
            return true;
        if (response.StatusCode == HttpStatusCode.NotFound)
            return false;
        BuildException refusal = await ResponseErrors.OfAsync(call, response, cancellationToken);
        // "405 Method Not Allowed" and "400 Bad Request" (distribution-spec, "Content Management") say that it deletes nothing at all.
        throw response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented
            ? DiagnosticRules.RegistryRefused.Error(
                refusal.Message, hint: "permit it there (Docker's registry: REGISTRY_STORAGE_DELETE_ENABLED=true), or let the registry's own rules clean the repository up", inner: refusal)
            : refusal;
    }

    private RegistryCall PullCall(ImageReference reference, string action) =>
        new() { Endpoint = _hosts.EndpointOfPush(reference), Access = RegistryAccess.Pull, Action = action };
}
