// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <content>205x: what a build takes from elsewhere, by http and git.</content>
public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule DownloadFailed = new(
        "KILN2050", "a URL cannot be downloaded", "check the URL with `curl -I`; what the server answered is in the message");

    public static readonly DiagnosticRule ServerUnreachable = new(
        "KILN2051", "a server cannot be reached", "check the host's name, the port, the proxy variables and the network between");

    public static readonly DiagnosticRule ServerNotTrusted = new(
        "KILN2052", "a server's certificate is not trusted", "install the certificate of its authority on this system");

    public static readonly DiagnosticRule ChecksumMismatch = new(
        "KILN2053", "what came from elsewhere is not what --checksum promises", "somebody changed it, or the checksum is of another version: look at both before you change the Dockerfile");

    public static readonly DiagnosticRule GitMissing = new(
        "KILN2054", "git is needed and not installed", "install `git` where the builder runs; Debian's package is `git`");

    public static readonly DiagnosticRule GitFailed = new(
        "KILN2055", "a git repository cannot be fetched", "the message holds git's own words; try `git ls-remote` with the same address");

    public static readonly DiagnosticRule GitReferenceMissing = new(
        "KILN2056", "a git repository does not have what was asked for", "check the branch, tag or commit with `git ls-remote`, and the directory in it");

    public static readonly DiagnosticRule NotAnArchive = new(
        "KILN2057", "a context is no archive", "name a tar archive, plain or packed by gzip, bzip2, xz or zstd");
}
