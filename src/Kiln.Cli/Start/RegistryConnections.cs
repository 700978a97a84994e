// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
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

    /// <param name="arguments">What was typed.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="report">Told what requests are sent again; null where nobody waits for long.</param>
    internal RegistryConnections(BuildArguments arguments, IReadOnlyDictionary<string, string> environment, Action<BuildEvent>? report = null)
    {
        _conf = new(() => RegistryArguments.ReadConf(environment));
        Options = RegistryArguments.Read(arguments, environment, () => _conf.Value) with
        {
            OnFailedTry = report is null ? null : failed => report(new Notice(LevelOf(failed), failed.ToString())),
        };
        _credentials = new CredentialPlaces(arguments.CredentialSources, environment, Options);
        Client = new RegistryClient(Options, _credentials.Chain, TimeProvider.System);
    }

    internal RegistryOptions Options { get; }

    /// <summary>The same way for downloads that are no registry's.</summary>
    internal ServerAccess Access => new(Options.Proxy, Options.ServerCertificates);

    internal RegistryClient Client { get; }

    internal CredentialChain Credentials => _credentials.Chain;

    /// <summary>Who we are to clouds.</summary>
    internal CredentialPlaces Places => _credentials;

    internal ShortNames ShortNames => new(_conf.Value.Aliases, _conf.Value.SearchRegistries);

    // One failure is the world's usual course, and costs a quarter of a second. One that cost a minute, or came again, somebody wonders about.
    private static NoticeLevel LevelOf(FailedTry failed) => failed.WasSilent || failed.Number > 1 ? NoticeLevel.Warning : NoticeLevel.Debug;

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        _credentials.Dispose();
    }
}
