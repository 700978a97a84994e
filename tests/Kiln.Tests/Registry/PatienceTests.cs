// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>How long registries are waited for: as long as they ask for, within reason, and not for ever.</summary>
public class PatienceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("30", 30)]
    [InlineData("7200", 60)]
    [InlineData("date", 28)]
    public async Task A_registry_that_says_when_to_come_again_is_obeyed_within_reason(string after, int seconds)
    {
        if (after == "date")
            after = TimeProvider.System.GetUtcNow().AddSeconds(30).ToString("R", CultureInfo.InvariantCulture);
        int asked = 0;
        await using var server = new FakeServer(request =>
            Interlocked.Increment(ref asked) == 1 ? FakeResponse.Of(429, "", ("Retry-After", after)) : Samples.Find(request)!);
        var time = new ManualTime();

        // Other waits are shorter than a second here.
        (Task<RawDocument> pull, int waited) = await PullAsync(server, time, RegistryClients.Impatient with { StallTimeout = TimeSpan.FromHours(1) });

        Assert.Equal(Samples.Image.Digest, (await pull).Digest);
        Assert.InRange(waited, seconds, 60 * 60);
    }

    [Fact]
    public async Task After_all_its_time_a_request_is_given_up()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(503, "", ("Retry-After", "60")));
        var time = new ManualTime();

        (Task<RawDocument> pull, int waited) = await PullAsync(
            server, time, RegistryClients.Impatient with { Tries = 1000, StallTimeout = TimeSpan.FromHours(1), OverallTimeout = TimeSpan.FromMinutes(3) });

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => pull);
        Assert.Contains("not done after 3 minutes", error.Message);
        Assert.InRange(waited, 180, 60 * 60);
    }

    /// <summary>Lets seconds pass until it is done, each after a moment for what is under way. Returns how many.</summary>
    private static async Task<(Task<RawDocument>, int)> PullAsync(FakeServer server, ManualTime time, RegistryOptions options)
    {
        await using RegistryClient client = RegistryClients.Create(options, time: time);
        Task<RawDocument> pull = client.PullManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Cancel);
        // Until the first answer is there no time passes.
        while (server.Requests.IsEmpty)
            await Task.Delay(1, Cancel);
        int waited = 0;
        for (; !pull.IsCompleted; waited++)
        {
            await Task.WhenAny(pull, Task.Delay(5, Cancel));
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await ((Task)pull).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (pull, waited);
    }
}
