// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kiln.Tests.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kiln.Tests.Servers;

/// <summary>A real https server (Kestrel, HTTP/1.1 and 2) on loopback that answers as a function says.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TlsServer(WebApplication application) => _application = application;

    public int Port => new Uri(_application.Urls.Single()).Port;

    public string Address => $"127.0.0.1:{Port}";

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>The certificates that clients showed.</summary>
    public ConcurrentQueue<string> Clients { get; } = new();

    public static async Task<TlsServer> StartAsync(
        X509Certificate2 certificate, Func<FakeRequest, FakeResponse> answer, bool wantsClients = false, IPAddress? listen = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(listen ?? IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = wantsClients ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        })));
        WebApplication application = builder.Build();
        var server = new TlsServer(application);
        application.Run(context => server.AnswerAsync(context, answer));
        await application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, Func<FakeRequest, FakeResponse> answer)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = new FakeRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            body.ToArray());
        Requests.Enqueue(request);
        if (await context.Connection.GetClientCertificateAsync() is { } client)
            Clients.Enqueue(client.Subject);
        FakeResponse response = answer(request);
        context.Response.StatusCode = response.Status;
        foreach ((string name, string value) in response.Headers)
            context.Response.Headers.Append(name, value);
        if (request.Method != "HEAD")
            await context.Response.Body.WriteAsync(response.Body);
    }
}
