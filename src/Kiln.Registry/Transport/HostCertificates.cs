// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kiln.Diagnostics;

namespace Kiln.Registry.Transport;

/// <summary>Reads what <see cref="CertificateOptions"/> has for a host, once.</summary>
internal sealed class HostCertificates(CertificateOptions options)
{
    private readonly ConcurrentDictionary<string, HostTls?> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null where there is nothing for the host.</summary>
    public HostTls? Find(RegistryEndpoint endpoint) => _known.GetOrAdd(endpoint.Host, _ => Read(endpoint));

    private HostTls? Read(RegistryEndpoint endpoint)
    {
        var authorities = new X509Certificate2Collection();
        SslStreamCertificateContext? client = null;
        if (FindDirectory(endpoint) is { } directory)
        {
            foreach (string file in FilesOf(directory, ".crt"))
                Import(authorities, file);
            if (FilesOf(directory, ".cert").FirstOrDefault() is { } certificate)
                client = ReadClient(certificate, Path.ChangeExtension(certificate, ".key"));
        }
        foreach (HostAuthority authority in options.Authorities.Where(authority => authority.Host == endpoint.Host))
            Import(authorities, authority.File);
        if (options.Clients.LastOrDefault(client => client.Host == endpoint.Host) is { } own)
            client = ReadClient(own.Certificate, own.Key);
        return authorities.Count == 0 && client is null ? null : new HostTls(authorities, client);
    }

    private string? FindDirectory(RegistryEndpoint endpoint) => options.Directories
        .SelectMany(directory => new[] { Path.Combine(directory, endpoint.Host), Path.Combine(directory, endpoint.Authority) })
        .FirstOrDefault(Directory.Exists);

    private static IEnumerable<string> FilesOf(string directory, string extension)
    {
        try
        {
            return Directory.EnumerateFiles(directory).Where(file => Path.GetExtension(file) == extension).Order(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(directory, e);
        }
    }

    private static void Import(X509Certificate2Collection authorities, string file)
    {
        int before = authorities.Count;
        try
        {
            authorities.ImportFromPemFile(file);
            // A file without any PEM in it may be one certificate in DER.
            if (authorities.Count == before)
                authorities.Add(X509CertificateLoader.LoadCertificateFromFile(file));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, e);
        }
    }

    private static SslStreamCertificateContext ReadClient(string certificate, string key)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(certificate);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate, key), [.. all.Skip(1)], offline: true);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"{certificate}` with the key `{key}", e);
        }
    }

    private static BuildException Unreadable(string file, Exception e) =>
        DiagnosticRules.CertificateUnreadable.Error($"`{file}` cannot be read: {e.Message.TrimEnd('.')}", inner: e);
}
