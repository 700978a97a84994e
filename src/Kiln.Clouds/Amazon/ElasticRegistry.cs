// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>A registry of Amazon's: a private one, which its host names with account and region, or the public one.</summary>
public sealed record ElasticRegistry
{
    public const string PublicHost = "public.ecr.aws";

    // The public registry gives tokens in one region alone.
    private const string PublicRegion = "us-east-1";

    private static readonly string[] Domains =
    [
        "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "on.aws", "on.amazonwebservices.com.cn",
        "sc2s.sgov.gov", "c2s.ic.gov", "cloud.adc-e.uk", "csp.hci.ic.gov",
    ];

    private ElasticRegistry(string? account, string region, string api)
    {
        Account = account;
        Region = region;
        Api = api;
    }

    /// <summary>Null for the public registry.</summary>
    public string? Account { get; }

    public string Region { get; }

    /// <summary>The host of the service that gives passwords.</summary>
    internal string Api { get; }

    internal bool IsPublic => Account is null;

    /// <summary>
    /// `ACCOUNT.dkr.ecr.REGION.DOMAIN`, `ACCOUNT.dkr-ecr.REGION.on.aws`, each with `-fips` after `ecr`, and the public registry. Null for every other host.
    /// </summary>
    public static ElasticRegistry? Find(string host)
    {
        if (host == PublicHost)
            return new ElasticRegistry(null, PublicRegion, $"api.ecr-public.{PublicRegion}.amazonaws.com");
        string[] labels = host.Split('.');
        if (labels.Length < 4)
            return null;
        int service = labels[1] == "dkr" ? 2 : 1;
        bool isFips = labels[service] is "ecr-fips" or "dkr-ecr-fips";
        if (!isFips && labels[service] is not ("ecr" or "dkr-ecr") || service == 2 == labels[service].StartsWith("dkr", StringComparison.Ordinal))
            return null;
        string region = labels[service + 1], domain = string.Join('.', labels.Skip(service + 2));
        if (!IsAccount(labels[0]) || !IsRegion(region) || !Domains.Contains(domain))
            return null;
        string api = (isFips, domain) switch
        {
            (true, "on.aws" or "amazonaws.com") => $"ecr-fips.{region}.amazonaws.com",
            (true, _) => $"ecr-fips.{region}.{domain}",
            (false, "on.aws") => $"ecr.{region}.api.aws",
            (false, "on.amazonwebservices.com.cn") => $"ecr.{region}.api.amazonwebservices.com.cn",
            _ => $"api.ecr.{region}.{domain}",
        };
        return new ElasticRegistry(labels[0], region, api);
    }

    private static bool IsAccount(string label) => label.Length == 12 && label.All(char.IsAsciiDigit);

    private static bool IsRegion(string label) => label.Length > 0 && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
