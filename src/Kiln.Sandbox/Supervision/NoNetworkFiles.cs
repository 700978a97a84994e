// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Supervision;

/// <summary>Files of `/proc/net` as a step without a network has them: headings and nothing below, proc_pid_net(5). The others are not there.</summary>
internal static class NoNetworkFiles
{
    private const string Interfaces =
        "Inter-|   Receive                                                |  Transmit\n"
        + " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

    private static readonly Dictionary<string, string> Headings = new()
    {
        ["dev"] = Interfaces,
        ["route"] = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT".PadRight(127) + "\n",
        ["if_inet6"] = "",
        ["ipv6_route"] = "",
    };

    /// <summary>A file's content; null where there is none.</summary>
    public static byte[]? Find(string name) => Headings.TryGetValue(name, out string? heading) ? System.Text.Encoding.ASCII.GetBytes(heading) : null;
}
