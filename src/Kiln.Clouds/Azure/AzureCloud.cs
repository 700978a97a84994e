// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Azure;

/// <summary>One of Azure's clouds: who signs on there, and for what.</summary>
/// <param name="Authority">The host of Entra ID.</param>
/// <param name="Resource">The service that a token is asked for.</param>
public sealed record AzureCloud(string Authority, string Resource)
{
    private const string StorageResource = "https://storage.azure.com/";

    private static readonly (string Domain, AzureCloud Cloud)[] Registries =
    [
        (".azurecr.io", new("login.microsoftonline.com", "https://management.azure.com/")),
        (".azurecr.cn", new("login.chinacloudapi.cn", "https://management.chinacloudapi.cn/")),
        (".azurecr.us", new("login.microsoftonline.us", "https://management.usgovcloudapi.net/")),
        (".azurecr.de", new("login.microsoftonline.de", "https://management.microsoftazure.de/")),
    ];

    /// <summary>The domains of Azure's storage accounts; a token for storage is one and the same in all clouds.</summary>
    private static readonly (string Domain, AzureCloud Cloud)[] Stores =
    [
        (".blob.core.windows.net", new("login.microsoftonline.com", StorageResource)),
        (".blob.core.chinacloudapi.cn", new("login.chinacloudapi.cn", StorageResource)),
        (".blob.core.usgovcloudapi.net", new("login.microsoftonline.us", StorageResource)),
        (".blob.core.cloudapi.de", new("login.microsoftonline.de", StorageResource)),
    ];

    /// <summary>
    /// The cloud of a registry, where the host is exactly one: a single label before a domain that Microsoft gives to registries alone. Whoever got a
    /// token that is meant for another host could act for us.
    /// </summary>
    public static AzureCloud? OfRegistry(string host) => Find(Registries, host, out _);

    /// <summary>The cloud of a storage account, by the same rule, and the account.</summary>
    public static AzureCloud? OfStorage(string host, out string account) => Find(Stores, host, out account);

    private static AzureCloud? Find((string Domain, AzureCloud Cloud)[] known, string host, out string name)
    {
        foreach ((string domain, AzureCloud cloud) in known)
        {
            if (!host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) || host.Length == domain.Length)
                continue;
            name = host[..^domain.Length];
            if (name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                return cloud;
        }
        name = "";
        return null;
    }
}
