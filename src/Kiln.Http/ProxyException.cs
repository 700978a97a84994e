// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;

namespace Kiln.Http;

/// <summary>One word of `NO_PROXY`: a host with all below it, `.host` for those below alone, an address, a network, or `*`; perhaps for one port only.</summary>
internal sealed record ProxyException
{
    private string Host { get; init; } = "";

    private int? Port { get; init; }

    private IPAddress? Address { get; init; }

    private IPNetwork? Network { get; init; }

    public static ProxyException Parse(string word)
    {
        // `[::1]:5000` and `host:5000` name a port; `::1` is an address.
        int colon = word.LastIndexOf(':');
        bool hasPort = colon > word.LastIndexOf(']') && (word.StartsWith('[') || word.IndexOf(':') == colon);
        int? port = hasPort && int.TryParse(word[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
        string host = (port is null ? word : word[..colon]).Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        return new ProxyException
        {
            Host = host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host,
            Port = port,
            Address = IPAddress.TryParse(host, out IPAddress? address) ? address : null,
            Network = FindNetwork(host),
        };
    }

    public bool Matches(string host, int port)
    {
        if (Port is { } only && only != port)
            return false;
        if (Host == "*")
            return true;
        if (IPAddress.TryParse(host, out IPAddress? address))
            return address.Equals(Address) || Network?.Contains(address) == true;
        return Host.StartsWith('.')
            ? host.EndsWith(Host, StringComparison.OrdinalIgnoreCase)
            : host.Equals(Host, StringComparison.OrdinalIgnoreCase) || (Host.Length > 0 && host.EndsWith("." + Host, StringComparison.OrdinalIgnoreCase));
    }

    // IPNetwork takes no bits beside the prefix, as `10.1.2.3/8` has them.
    private static IPNetwork? FindNetwork(string text)
    {
        if (text.Split('/') is not [var first, var bits] || !IPAddress.TryParse(first, out IPAddress? address)
            || !int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            return null;
        byte[] bytes = address.GetAddressBytes();
        if (length > bytes.Length * 8)
            return null;
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(length - (i * 8), 0, 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }
}
