// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Pull;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Push;

/// <summary>PUT of `/v2/NAME/manifests/REFERENCE`, and what its refusals mean: some registries let a tag be written once.</summary>
internal sealed class ManifestWriter(RegistryTransport transport, ManifestReader reader, RegistryOptions options)
{
    /// <summary>
    /// Words for an immutable tag: Amazon's "cannot be overwritten because the tag is immutable", Google's "has enabled tag immutability", Harbor's
    /// "configured as immutable", Azure's "is locked", Nexus's "does not allow updating assets".
    /// </summary>
    private static readonly string[] ImmutableWords = ["immutab", "cannot be overwritten", "already exists", "locked", "not allow updating"];

    /// <summary>Writes a manifest under the reference's tag, or under its own digest where the reference has no tag.</summary>
    public async Task<ManifestAnswer> WriteAsync(RegistryCall call, ImageReference destination, RawDocument manifest, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(manifest.Content);
        content.Headers.ContentType = new MediaTypeHeaderValue(manifest.MediaType.Text);
        using HttpRequestMessage request = call.Request(HttpMethod.Put, $"manifests/{destination.Tag ?? manifest.Digest.ToString()}", content);
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            if (ManifestReader.DigestOf(response) is { } said && said != manifest.Digest)
                await CheckStoredAsync(call, destination, manifest.Digest, said, cancellationToken);
            return new ManifestAnswer(ManifestPush.Written) { NamesSubject = response.Headers.Contains("OCI-Subject") };
        }
        BuildException refusal = await ResponseErrors.OfAsync(call, response, cancellationToken);
        if (refusal.Diagnostic.Rule == DiagnosticRules.RegistryFailing)
            return new ManifestAnswer(null, refusal);
        if (await ErrorAnswer.NamesAsync(response, "BLOB_UNKNOWN", cancellationToken))
            return new ManifestAnswer(null, refusal, LacksBlobs: true);
        return destination.Tag is { } tag ? await UnderstandAsync(call, tag, manifest.Digest, response, refusal, cancellationToken) : new ManifestAnswer(null, refusal);
    }

    // What answers may be no registry, or a layer between that changes headers: the registry itself has the last word.
    private async Task CheckStoredAsync(RegistryCall call, ImageReference destination, Digest expected, Digest said, CancellationToken cancellationToken)
    {
        RawDocument stored = await reader.GetAsync(call, destination.Tag ?? expected.ToString(), cancellationToken);
        if (stored.Digest != expected)
            throw DiagnosticRules.ContentMismatch.Error($"cannot {call.Action}: `{call.Endpoint.Host}` stored `{said}` in place of `{expected}`");
    }

    private async Task<ManifestAnswer> UnderstandAsync(
        RegistryCall call, string tag, Digest digest, HttpResponseMessage response, BuildException refusal, CancellationToken cancellationToken)
    {
        Digest? present = await FindPresentAsync(call, tag, cancellationToken);
        if (present == digest)
            return new ManifestAnswer(ManifestPush.WasThere);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        bool immutable = response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed
            || ImmutableWords.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
        if (present is null || !immutable)
            return new ManifestAnswer(null, refusal);
        if (options.KeepsImmutableTags)
            return new ManifestAnswer(ManifestPush.KeptOther);
        return new ManifestAnswer(null, DiagnosticRules.TagImmutable.Error(
            $"cannot {call.Action}: the tag `{tag}` is immutable and stands for another image, `{present}`{(ErrorAnswer.Read(Encoding.UTF8.GetBytes(text)) is { } said ? $" ({said})" : "")}",
            hint: $"push to another tag than `{tag}`, or keep what is there with `--push-ignore-immutable-tag-errors`",
            inner: refusal));
    }

    private async Task<Digest?> FindPresentAsync(RegistryCall call, string tag, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.FindDigestAsync(call, tag, cancellationToken);
        }
        // The refusal is what counts.
        catch (BuildException)
        {
            return null;
        }
    }
}
