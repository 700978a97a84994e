// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry.Transport;
using Xunit;

namespace Kiln.Tests.Registry;

public sealed class StallTests
{
    /// <summary>Whatever holds it below, a lock that nobody gives back for instance: it does not hear that it shall end.</summary>
    [Fact]
    public async Task A_request_that_does_not_end_when_it_is_told_to_is_left_behind()
    {
        var time = new ManualTime();
        using var stuck = new StuckHandler();
        using var client = new HttpMessageInvoker(new StallHandler(TimeSpan.FromSeconds(60), time) { InnerHandler = stuck });
        using var request = new HttpRequestMessage(HttpMethod.Head, "https://registry.example/v2/");

        Task<HttpResponseMessage> sending = client.SendAsync(request, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(stuck.Token.IsCancellationRequested);
        Assert.False(sending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));

        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => sending);
        Assert.Contains("nothing moved for 60 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_is_one_of_a_build_that_is_stopped()
    {
        var time = new ManualTime();
        using var stuck = new StuckHandler();
        using var client = new HttpMessageInvoker(new StallHandler(TimeSpan.FromSeconds(60), time) { InnerHandler = stuck });
        using var request = new HttpRequestMessage(HttpMethod.Head, "https://registry.example/v2/");
        using var stop = new CancellationTokenSource();

        Task<HttpResponseMessage> sending = client.SendAsync(request, stop.Token);
        await stop.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private sealed class StuckHandler : HttpMessageHandler
    {
        private readonly TaskCompletionSource<HttpResponseMessage> _never = new();

        public CancellationToken Token { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Token = cancellationToken;
            return _never.Task;
        }
    }
}
