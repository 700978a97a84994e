// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Kiln.Clouds.Objects;

/// <summary>A file in an object store of a cloud: where it is, and how a request for it proves who asks. Its text names it without secrets.</summary>
public interface ICloudObject
{
    /// <summary>What is asked for by GET. It can hold a secret.</summary>
    Uri Address { get; }

    /// <summary>Adds to a request whose headers are complete otherwise what proves who we are, anew for each try. A request that is redirected is another one.</summary>
    /// <exception cref="Diagnostics.BuildException">There is something to prove it with that cannot be used.</exception>
    ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>What to do about a refusal; null where nobody knows.</summary>
    /// <param name="status">The store's status.</param>
    /// <param name="code">The store's own word for it, as `NoSuchKey`; null where it said none.</param>
    string? FindHint(HttpStatusCode status, string? code);
}
