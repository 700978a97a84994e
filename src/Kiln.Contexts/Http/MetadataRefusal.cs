// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Kiln.Diagnostics;
using Kiln.Linux.Sockets;

namespace Kiln.Contexts.Http;

/// <summary>
/// Keeps downloads, whose addresses the Dockerfile and other servers choose, from the metadata services of clouds. A name is looked up once, and what was judged is what is connected to.
/// </summary>
internal static class MetadataRefusal
{
    /// <summary>Judges an address that stands in the URL itself: a proxy would not ask us again.</summary>
    internal static void Check(Uri url)
    {
        if (IPAddress.TryParse(url.IdnHost, out IPAddress? address))
            Check(address, url.Authority);
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    internal static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint host = context.DnsEndPoint;
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        foreach (IPAddress address in addresses)
            Check(address, $"{host.Host}:{host.Port}");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Check(IPAddress address, string authority)
    {
        if (MetadataAddresses.Contains(address))
            throw DiagnosticRules.DownloadFailed.Error(
                $"`{authority}` is not asked: {address} is a cloud's metadata service, which gives credentials to whoever can ask it", hint: "if it is meant, permit it by `--allow-metadata`");
    }
}
