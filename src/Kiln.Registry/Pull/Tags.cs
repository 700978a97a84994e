// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Pull;

/// <summary>GET of `/v2/NAME/tags/list`, page after page (distribution-spec, "Listing Tags").</summary>
internal sealed class Tags(RegistryTransport transport)
{
    private const int PageSize = 1000;

    // A million tags: a registry that goes on after them repeats itself.
    private const int MaxPages = 1000;

    /// <summary>None where there is no such repository.</summary>
    public async IAsyncEnumerable<string> ListAsync(RegistryCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Uri? next = call.Endpoint.Uri($"tags/list?n={PageSize}");
        for (int page = 0; next is not null; page++)
        {
            if (page == MaxPages)
                throw ResponseErrors.Protocol(call, $"lists tags without end: more than {MaxPages} pages");
            using HttpRequestMessage request = call.Request(HttpMethod.Get, next);
            using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
                yield break;
            if (response.StatusCode != HttpStatusCode.OK)
                throw await ResponseErrors.OfAsync(call, response, cancellationToken);
            foreach (string tag in Read(call, await response.Content.ReadAsByteArrayAsync(cancellationToken)))
                yield return tag;
            next = NextPage.Of(call, response);
        }
    }

    private static IReadOnlyList<string> Read(RegistryCall call, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, RegistryJson.Default.TagList)?.Tags ?? [];
        }
        catch (JsonException)
        {
            throw ResponseErrors.Protocol(call, "answered with no list of tags");
        }
    }
}
