// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Azure;

/// <summary>One of Azure's clouds: who signs on there, and for what.</summary>
/// <param name="Authority">The host of Entra ID.</param>
/// <param name="Resource">The service that a token for registries is asked for.</param>
public sealed record AzureCloud(string Authority, string Resource)
{
    private static readonly (string Domain, AzureCloud Cloud)[] Registries =
    [
        (".azurecr.io", new("login.microsoftonline.com", "https://management.azure.com/")),
        (".azurecr.cn", new("login.chinacloudapi.cn", "https://management.chinacloudapi.cn/")),
        (".azurecr.us", new("login.microsoftonline.us", "https://management.usgovcloudapi.net/")),
        (".azurecr.de", new("login.microsoftonline.de", "https://management.microsoftazure.de/")),
    ];

    /// <summary>
    /// The cloud of a registry, where the host is exactly one: a single label before a domain that Microsoft gives to registries alone. Whoever got a
    /// token that is meant for another host could act for us.
    /// </summary>
    public static AzureCloud? OfRegistry(string host)
    {
        foreach ((string domain, AzureCloud cloud) in Registries)
        {
            if (host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && host[..^domain.Length] is { Length: > 0 } name
                && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                return cloud;
        }
        return null;
    }
}
