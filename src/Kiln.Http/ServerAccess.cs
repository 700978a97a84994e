// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Kiln.Http;

/// <summary>The way to servers and whom to believe there, for clients that have no rules of their own.</summary>
/// <param name="Proxy">Null for none.</param>
/// <param name="Certificates">Decides on the servers' certificates.</param>
public sealed record ServerAccess(IWebProxy? Proxy, ServerCertificates Certificates)
{
    /// <summary>Without a proxy, believing what the system believes.</summary>
    public static ServerAccess Direct => new(null, new ServerCertificates());
}
