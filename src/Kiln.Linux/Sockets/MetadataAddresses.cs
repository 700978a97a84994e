// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Kiln.Linux.Sockets;

/// <summary>
/// Where clouds tell a machine, or a pod, about itself: there anybody who can ask gets credentials. The names that lead there, as `metadata.google.internal`, are left to the resolver.
/// </summary>
public static class MetadataAddresses
{
    /// <summary>Stays open everywhere: on some clouds the same address answers DNS too.</summary>
    public const int OpenPort = 53;

    /// <summary>All of them, those of version 4 first.</summary>
    public static ImmutableArray<IPAddress> All { get; } =
    [
        IPAddress.Parse("169.254.169.254"),   // AWS, Azure, Google, Oracle, DigitalOcean, Hetzner, OpenStack and others
        IPAddress.Parse("169.254.169.252"),   // GKE: where its pods' requests to the former are led
        IPAddress.Parse("169.254.170.2"),     // ECS: credentials of tasks
        IPAddress.Parse("169.254.170.23"),    // EKS: credentials of pods
        IPAddress.Parse("169.254.0.23"),      // Tencent
        IPAddress.Parse("169.254.42.42"),     // Scaleway
        IPAddress.Parse("100.100.100.200"),   // Alibaba
        IPAddress.Parse("168.63.129.16"),     // Azure: the machine's agent gets certificates and settings there
        IPAddress.Parse("fd00:ec2::254"),     // AWS
        IPAddress.Parse("fd00:ec2::23"),      // EKS
        IPAddress.Parse("fd20:ce::254"),      // Google
        IPAddress.Parse("fd00:c1::a9fe:a9fe"), // Oracle
        IPAddress.Parse("fd00:42::42"),       // Scaleway
        IPAddress.Parse("fe80::a9fe:a9fe"),   // OpenStack
    ];

    /// <summary>Whether an address is one of them, also as version 6 writes one of version 4 (`::ffff:169.254.169.254`).</summary>
    public static bool Contains(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) // without its scope
            : address;
        return All.Contains(plain);
    }
}
