// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Kiln.Diagnostics;

namespace Kiln.Planning.Stages;

/// <summary>
/// The words of `EXPOSE` as docker/go-connections reads them: `[[ip:]host:]port[-port][/protocol]`. Address and host port are checked and dropped.
/// </summary>
internal static class PortList
{
    private static readonly string[] Protocols = ["tcp", "udp", "sctp"];

    internal static IEnumerable<string> Parse(string word, SourceSpan span)
    {
        int slash = word.LastIndexOf('/');
        string protocol = slash < 0 || slash == word.Length - 1 ? "tcp" : word[(slash + 1)..].ToLowerInvariant();
        string rest = slash < 0 ? word : word[..slash];
        if (rest.Length == 0)
            throw Invalid($"invalid port: \"{word}\": no port specified", span);
        if (!Protocols.Contains(protocol))
            throw Invalid(
                $"invalid port: \"{word}\": invalid proto: {protocol}", span,
                Suggestion.Closest(protocol, Protocols) is { } meant ? $"write `{rest}/{meant}`" : null);

        string container = rest, host = "", address = "";
        int colon = rest.LastIndexOf(':');
        if (colon >= 0)
        {
            container = rest[(colon + 1)..];
            host = rest[..colon];
            int second = host.LastIndexOf(':');
            if (second >= 0)
                (address, host) = (host[..second], host[(second + 1)..]);
        }
        if (container.Length == 0)
            throw Invalid($"invalid port: \"{word}\": no port specified", span);
        address = address is ['[', .. var inner, ']'] ? inner : address;
        if (address.Length > 0 && !IPAddress.TryParse(address, out _))
            throw Invalid($"invalid IP address: {address}", span);
        (int first, int last) = Range(container) ?? throw Invalid($"invalid containerPort: {container}", span);
        if (host.Length > 0)
        {
            (int from, int to) = Range(host) ?? throw Invalid($"invalid hostPort: {host}", span);
            if (to - from != last - first && first != last)
                throw Invalid($"invalid ranges specified for container and host Ports: {container} and {host}", span);
        }
        return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
    }

    private static (int First, int Last)? Range(string text)
    {
        int dash = text.IndexOf('-');
        return Port(dash < 0 ? text : text[..dash]) is { } first && Port(dash < 0 ? text : text[(dash + 1)..]) is { } last && last >= first
            ? (first, last)
            : null;
    }

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535 ? port : null;

    private static BuildException Invalid(string message, SourceSpan span, string? hint = null) =>
        DiagnosticRules.InvalidPort.Error(message, span, hint);
}
