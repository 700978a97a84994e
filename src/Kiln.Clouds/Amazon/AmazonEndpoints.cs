// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>Where services of AWS are asked: where the environment says (`AWS_ENDPOINT_URL_ECR`, `AWS_ENDPOINT_URL`), else at their own addresses.</summary>
internal sealed class AmazonEndpoints(Surroundings surroundings)
{
    private const string China = "amazonaws.com.cn";

    public Uri Find(string variable, string usual)
    {
        string? named = surroundings.IsTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            ? null
            : surroundings.Find("AWS_ENDPOINT_URL_" + variable) ?? surroundings.Find("AWS_ENDPOINT_URL");
        return new Uri(named is null ? $"https://{usual}/" : named.TrimEnd('/') + "/");
    }

    public Uri Sts(string region) => Find("STS", $"sts.{region}.{(region.StartsWith("cn-", StringComparison.Ordinal) ? China : "amazonaws.com")}");

    public Uri S3(string region) => Find("S3", $"s3.{region}.{(region.StartsWith("cn-", StringComparison.Ordinal) ? China : "amazonaws.com")}");

    /// <summary>The region where STS is asked: the environment's, else the one of the registry.</summary>
    public string Region(string registryRegion) => surroundings.Find("AWS_REGION") ?? surroundings.Find("AWS_DEFAULT_REGION") ?? registryRegion;
}
