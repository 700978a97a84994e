// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace Kiln.Registry.Transport;

/// <summary>Which hosts are so near that plain http is tried without being asked for.</summary>
internal static class HostRules
{
    public static bool IsLoopback(string host)
    {
        string name = NameOf(host);
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    /// <summary>Loopback, `*.local`, and the private networks of RFC 1918.</summary>
    public static bool IsLocal(string host)
    {
        string name = NameOf(host);
        return IsLoopback(host)
            || name.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out IPAddress? address) && IsPrivate(address));
    }

    public static bool HasPort(string host) => NameOf(host).Length < host.Trim('[', ']').Length;

    private static bool IsPrivate(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
        && address.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..];

    private static string NameOf(string host)
    {
        int colon = host.LastIndexOf(':');
        return (colon > host.LastIndexOf(']') ? host[..colon] : host).Trim('[', ']');
    }
}
