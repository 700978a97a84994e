// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Cli.Flags;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Hosts;

namespace Kiln.Cli.Start;

/// <summary>What flags and environment say of registries: which are asked, how, and whom to believe.</summary>
internal static class RegistryArguments
{
    internal static RegistryOptions Read(BuildArguments arguments, IReadOnlyDictionary<string, string> environment, Func<RegistriesConf> conf) => new()
    {
        UserAgent = Composition.UserAgent + (environment.GetValueOrDefault("UPSTREAM_CLIENT_TYPE") is { Length: > 0 } client ? "," + client : ""),
        PushRetries = RequestFactory.ReadCount(arguments.PushRetry, "--push-retry"),
        PullRetries = RequestFactory.ReadCount(arguments.DownloadRetry, "--image-download-retry"),
        KeepsImmutableTags = arguments.KeepImmutableTags,
        Mirrors = [.. arguments.RegistryMirrors],
        Substitutes = ReadMap(arguments.RegistryMaps),
        SkipDefaultRegistryFallback = arguments.SkipDefaultRegistryFallback,
        Rules = () => conf().Rules,
        Proxy = ReadProxy(environment),
        Certificates = ReadCertificates(arguments, environment),
        ServerCertificates = ReadAuthorities(environment),
        InsecurePush = arguments.Insecure,
        InsecurePull = arguments.InsecurePull,
        InsecureHosts = [.. arguments.InsecureRegistries.Select(HostName.Of), .. arguments.Insecure ? CacheHosts(arguments) : []],
        SkipTlsVerify = arguments.SkipTlsVerify,
        SkipTlsVerifyPull = arguments.SkipTlsVerifyPull,
        SkipTlsVerifyHosts = [.. arguments.SkipTlsVerifyRegistries.Select(HostName.Of)],
    };

    internal static ProxyRules? ReadProxy(IReadOnlyDictionary<string, string> environment) => ProxyRules.Read(
        environment,
        name => DiagnosticRules.InvalidArgument.Error(
            $"the environment variable `{name}` is not the address of a proxy", hint: "write `http://HOST:PORT`, `https://...` or `socks5://...`"));

    /// <summary>Where the environment names authorities, they are all there are.</summary>
    internal static ServerCertificates ReadAuthorities(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("SSL_CERT_FILE") is { Length: > 0 } || environment.GetValueOrDefault("SSL_CERT_DIR") is { Length: > 0 }
            ? new ServerCertificates()
            : new ServerCertificates(SystemAuthorities.Read);

    /// <summary>`registries.conf` and the files beside it, where containers' tools have them; the user's take the place of the machine's.</summary>
    internal static RegistriesConf ReadConf(IReadOnlyDictionary<string, string> environment)
    {
        if (environment.GetValueOrDefault("CONTAINERS_REGISTRIES_CONF") is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? RegistriesConf.Read([named])
                : throw DiagnosticRules.RegistriesConfUnreadable.Error($"there is no file `{named}`, which CONTAINERS_REGISTRIES_CONF names");
        }
        string[] directories = ["/etc/containers", .. UserDirectory(environment)];
        string? main = directories.Reverse().Select(directory => Path.Combine(directory, "registries.conf")).FirstOrDefault(File.Exists);
        IEnumerable<string> further = directories.Select(directory => Path.Combine(directory, "registries.conf.d")).Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*.conf").Order(StringComparer.Ordinal));
        return RegistriesConf.Read(main is null ? further : further.Prepend(main));
    }

    /// <summary>`--insecure` is for what is pushed, and what is pushed to a cache is read from there too.</summary>
    private static IEnumerable<string> CacheHosts(BuildArguments arguments) =>
        (arguments.CacheRepository ?? arguments.Destinations.FirstOrDefault()) is { } named && ImageReference.TryParse(named, out ImageReference? reference) ? [reference.Host] : [];

    private static IEnumerable<string> UserDirectory(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("XDG_CONFIG_HOME") is { Length: > 0 } configuration ? [Path.Combine(configuration, "containers")]
        : environment.GetValueOrDefault("HOME") is { Length: > 0 } home ? [Path.Combine(home, ".config", "containers")]
        : [];

    private static CertificateOptions ReadCertificates(BuildArguments arguments, IReadOnlyDictionary<string, string> environment) => new()
    {
        Authorities = [.. arguments.RegistryCertificates.Select(ReadAuthority)],
        Clients = [.. arguments.RegistryClientCertificates.Select(ReadClient)],
        Directories = [.. UserDirectory(environment).Append("/etc/containers").Append("/etc/docker").Select(directory => Path.Combine(directory, "certs.d"))],
    };

    private static ImmutableArray<RegistrySubstitute> ReadMap(IEnumerable<string> texts) =>
        [.. texts.SelectMany(text => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(ReadSubstitute)];

    private static RegistrySubstitute ReadSubstitute(string text)
    {
        (string host, string target) = Pair(text, "--registry-map", "HOST=HOST[/PREFIX]");
        return new RegistrySubstitute(host, target);
    }

    private static HostAuthority ReadAuthority(string text)
    {
        (string host, string file) = Pair(text, "--registry-certificate", "HOST=FILE");
        return new HostAuthority(host, file);
    }

    private static HostClient ReadClient(string text)
    {
        (string host, string files) = Pair(text, "--registry-client-cert", "HOST=CERTIFICATE,KEY");
        return files.Split(',') is [{ Length: > 0 } certificate, { Length: > 0 } key]
            ? new HostClient(host, certificate, key)
            : throw DiagnosticRules.InvalidArgument.Error($"`--registry-client-cert` names `{files}` instead of two files", hint: "write `HOST=CERTIFICATE,KEY`");
    }

    private static (string Host, string Value) Pair(string text, string flag, string form) =>
        text.Split('=', 2) is [{ Length: > 0 } host, { Length: > 0 } value]
            ? (HostName.Of(host), value)
            : throw DiagnosticRules.InvalidArgument.Error($"`{flag} {text}` is not of the form {form}");
}
