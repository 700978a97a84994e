// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Contexts.Git;

namespace Kiln.Cli.Start;

/// <summary>Picks out of the environment what git gets to see of it: where programs are, proxies, certificates, and ssh's agent and keys.</summary>
internal static class GitSurroundings
{
    private static readonly string[] Passed =
    [
        "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSH_AUTH_SOCK",
    ];

    internal static GitOptions Read(IReadOnlyDictionary<string, string> environment) => new()
    {
        SearchPath = environment.GetValueOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"),
        Assistant = Environment.ProcessPath ?? "/proc/self/exe",
        Variables = Passed.Where(environment.ContainsKey).ToImmutableDictionary(name => name, name => environment[name]),
        SshDirectory = environment.GetValueOrDefault("HOME") is { Length: > 0 } home ? Path.Combine(home, ".ssh") : null,
    };
}
