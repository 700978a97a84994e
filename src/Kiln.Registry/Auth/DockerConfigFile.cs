// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>What is of interest in Docker's `config.json`.</summary>
internal sealed record DockerConfigFile
{
    public Dictionary<string, DockerAuthEntry>? Auths { get; init; }

    public Dictionary<string, string>? CredHelpers { get; init; }

    public string? CredsStore { get; init; }
}
