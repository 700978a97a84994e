// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Push;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Pull;

/// <summary>
/// What refers to a manifest (distribution-spec, "Listing Referrers"): GET of `/v2/NAME/referrers/DIGEST`, and where the registry has no such thing, an index
/// under the tag `sha256-HEX`, which its clients keep.
/// </summary>
internal sealed class Referrers(RegistryTransport transport, ManifestReader reader, ManifestWriter writer)
{
    // Each has up to 8 MiB.
    private const int MaxPages = 64;

    public async Task<ImageIndex> ListAsync(RegistryCall call, Digest subject, string? artifactType, CancellationToken cancellationToken)
    {
        ImageIndex all = await FindListAsync(call, subject, artifactType, cancellationToken) ?? await FindTaggedAsync(call, subject, cancellationToken) ?? Empty;
        // "OCI-Filters-Applied" says whether the registry did; doing it once more costs nothing.
        return artifactType is null ? all : all with { Manifests = [.. all.Manifests.Where(manifest => manifest.ArtifactType == artifactType)] };
    }

    /// <summary>Adds a manifest to the index under the tag, where the registry does not list referrers itself.</summary>
    public async Task AddAsync(RegistryCall call, Digest subject, RawDocument manifest, CancellationToken cancellationToken)
    {
        ImageIndex present = await FindTaggedAsync(call, subject, cancellationToken) ?? Empty;
        if (present.Manifests.Any(known => known.Digest == manifest.Digest))
            return;
        ImageIndex more = present with { Manifests = [.. present.Manifests, ManifestSubject.Describe(manifest)] };
        ImageReference tag = ImageReference.Parse($"{call.Endpoint}:{TagOf(subject)}");
        (await writer.WriteAsync(call, tag, more.ToDocument(), cancellationToken)).GetHow();
    }

    private static ImageIndex Empty => new() { MediaType = MediaType.OciIndex };

    /// <summary>"the digest algorithm, followed by a hyphen, the hash truncated to 64 characters".</summary>
    private static string TagOf(Digest subject) => $"{subject.Algorithm}-{(subject.Hex.Length > 64 ? subject.Hex[..64] : subject.Hex)}";

    private async Task<ImageIndex?> FindListAsync(RegistryCall call, Digest subject, string? artifactType, CancellationToken cancellationToken)
    {
        string query = artifactType is null ? "" : "?artifactType=" + Uri.EscapeDataString(artifactType);
        Uri? next = call.Endpoint.Uri($"referrers/{subject}{query}");
        var manifests = new List<Descriptor>();
        for (int page = 0; next is not null; page++)
        {
            if (page == MaxPages)
                throw ResponseErrors.Protocol(call, $"lists referrers without end: more than {MaxPages} pages");
            using HttpRequestMessage request = call.Request(HttpMethod.Get, next);
            request.Headers.TryAddWithoutValidation("Accept", MediaType.OciIndex.Text);
            using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
            // Who does not know the question answers so, or with a page for people.
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed
                || (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType != MediaType.OciIndex.Text))
                return null;
            if (response.StatusCode != HttpStatusCode.OK)
                throw await ResponseErrors.OfAsync(call, response, cancellationToken);
            manifests.AddRange(ImageIndex.Parse(new RawDocument(MediaType.OciIndex, await response.Content.ReadAsByteArrayAsync(cancellationToken))).Manifests);
            next = NextPage.Of(call, response);
        }
        return Empty with { Manifests = manifests };
    }

    private async Task<ImageIndex?> FindTaggedAsync(RegistryCall call, Digest subject, CancellationToken cancellationToken)
    {
        try
        {
            RawDocument document = await reader.GetAsync(call, TagOf(subject), cancellationToken);
            return document.MediaType.IsIndex ? ImageIndex.Parse(document) : null;
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.NotInRegistry)
        {
            return null;
        }
    }
}
