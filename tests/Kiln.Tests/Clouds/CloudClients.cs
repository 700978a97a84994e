// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Clouds;
using Kiln.Http;

namespace Kiln.Tests.Clouds;

/// <summary>Clients that do not wait long, and what they are told of the world.</summary>
internal static class CloudClients
{
    public static CloudClient Create(IWebProxy? proxy = null, ServerCertificates? certificates = null) => new(
        "kiln/test", proxy, certificates ?? new ServerCertificates(), new Patience(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30)), TimeProvider.System);

    public static Surroundings Of(params (string Name, string Value)[] variables) =>
        new(variables.ToDictionary(variable => variable.Name, variable => variable.Value));
}
