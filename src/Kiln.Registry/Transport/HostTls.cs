// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kiln.Registry.Transport;

/// <summary>What connections for a host have that others have not.</summary>
/// <param name="Authorities">Trusted beside the system's, also where the registry leads elsewhere: to its token service, to its store.</param>
/// <param name="Client">What we prove ourselves by, to the host alone.</param>
internal sealed record HostTls(X509Certificate2Collection Authorities, SslStreamCertificateContext? Client);
