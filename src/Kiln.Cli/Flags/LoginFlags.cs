// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>The flags of `kiln login`, `kiln logout` and `kiln auth explain`: those of a build that say how a registry is reached, and who somebody is.</summary>
internal static class LoginFlags
{
    private static readonly string[] Connecting =
        ["insecure-registry", "skip-tls-verify", "skip-tls-verify-registry", "registry-certificate", "registry-client-cert"];

    private static readonly string[] Choosing = ["registry-mirror", "registry-map", "skip-default-registry-fallback", "insecure", "insecure-pull", "credential-helpers"];

    /// <summary>Of `kiln login`.</summary>
    internal static readonly IReadOnlyList<Flag> Login =
    [
        new TextFlag("username", "Who logs in", (a, v) => a.Username = v) { Short = 'u', ValueName = "NAME" },
        new TextFlag("password", "The password; others on this machine can read it in the list of processes: `--password-stdin` is safer", (a, v) => a.Password = v) { Short = 'p', ValueName = "PASSWORD" },
        new SwitchFlag("password-stdin", "Read the password from the standard input", (a, v) => a.PasswordFromInput = v),
        .. Of(Connecting),
    ];

    /// <summary>Of `kiln auth explain`.</summary>
    internal static readonly IReadOnlyList<Flag> Explain = [.. Of([.. Connecting, .. Choosing])];

    /// <summary>Each once.</summary>
    internal static readonly IReadOnlyList<Flag> All = [.. Login.Concat(Explain).DistinctBy(flag => flag.Name)];

    private static IEnumerable<Flag> Of(string[] names) => BuildFlags.All.Where(flag => names.Contains(flag.Name));
}
