// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Flags;
using Kiln.Http;
using Kiln.Planning.Sources;
using Kiln.Registry;
using Kiln.Registry.Auth;
using Kiln.Registry.Hosts;

namespace Kiln.Cli.Start;

/// <summary>The client of registries and all that it needs, made of flags and environment; every command that talks to one has one of these.</summary>
internal sealed class RegistryConnections : IAsyncDisposable
{
    private readonly Lazy<RegistriesConf> _conf;
    private readonly CredentialPlaces _credentials;

    internal RegistryConnections(BuildArguments arguments, IReadOnlyDictionary<string, string> environment)
    {
        _conf = new(() => RegistryArguments.ReadConf(environment));
        Options = RegistryArguments.Read(arguments, environment, () => _conf.Value);
        _credentials = new CredentialPlaces(arguments.CredentialSources, environment, Options);
        Client = new RegistryClient(Options, _credentials.Chain, TimeProvider.System);
    }

    internal RegistryOptions Options { get; }

    /// <summary>The same way for downloads that are no registry's.</summary>
    internal ServerAccess Access => new(Options.Proxy, Options.ServerCertificates);

    internal RegistryClient Client { get; }

    internal CredentialChain Credentials => _credentials.Chain;

    internal ShortNames ShortNames => new(_conf.Value.Aliases, _conf.Value.SearchRegistries);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        _credentials.Dispose();
    }
}
