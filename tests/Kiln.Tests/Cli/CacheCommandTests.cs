// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Tests.Cache;
using Kiln.Tests.Store;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>`kiln cache`.</summary>
public sealed class CacheCommandTests : StoreDirectory
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_that_was_kept_in_a_cache_directory_is_listed_pruned_and_gone()
    {
        var place = new DirectoryCache("cache", PathOf("vol", "steps"));
        await CacheMediaOf.Options(null, null, Assert.Fail).Open(place).SaveAsync(Entries.Of("make"), null, Cancel);
        string key = Entries.Of("make").Key.ToString()[..12];

        string[] listed = await RunAsync(new BuildArguments { CacheDirectory = PathOf("vol") }, run => run.ListAsync(Cancel));
        string[] measured = await RunAsync(new BuildArguments { CacheDirectory = PathOf("vol") }, run => run.MeasureAsync(Cancel));
        string[] verified = await RunAsync(new BuildArguments { CacheDirectory = PathOf("vol") }, run => run.VerifyAsync(Cancel));
        string[] pruned = await RunAsync(new BuildArguments { CacheDirectory = PathOf("vol"), KeepSize = "0" }, run => run.PruneAsync(Cancel));

        Assert.Matches($"^{key} +0 B  .{{16}}  .{{16}}  RUN make$", listed[1]);
        Assert.StartsWith($"{PathOf("vol")}: 1 entries, 0 layers, ", measured[0], StringComparison.Ordinal);
        Assert.Equal($"{PathOf("vol")}: 1 entries, 0 bad", verified[0]);
        Assert.Contains("removed 1 entries", pruned[^2]);
    }

    [Fact]
    public async Task What_others_wrote_into_a_cache_does_not_steer_the_terminal()
    {
        var place = new DirectoryCache("cache", PathOf("vol", "steps"));
        await CacheMediaOf.Options(null, null, Assert.Fail).Open(place).SaveAsync(Entries.Of("make") with { Title = "RUN \u001b[2Jx" }, null, Cancel);

        string[] listed = await RunAsync(new BuildArguments { CacheDirectory = PathOf("vol") }, run => run.ListAsync(Cancel));

        Assert.EndsWith("RUN ?[2Jx", listed[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_said_to_be_none()
    {
        var refusal = await Assert.ThrowsAsync<BuildException>(() => RunAsync(new BuildArguments { CacheDirectory = PathOf("none") }, run => run.ListAsync(Cancel)));

        Assert.Equal($"there is no cache in `{PathOf("none")}`", refusal.Message);
    }

    [Theory]
    [InlineData("1000", 1000)]
    [InlineData("1.5kB", 1500)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("20GiB", 20L << 30)]
    [InlineData("2G", 2L << 30)]
    public void A_size_has_a_unit_or_none(string text, long bytes) => Assert.Equal(bytes, CacheRun.ReadSize(text));

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1")]
    [InlineData("10 apples")]
    [InlineData("1iB")]
    public void What_is_no_size_is_refused(string text) => Assert.Contains("is no size", Assert.Throws<BuildException>(() => CacheRun.ReadSize(text)).Message);

    private static async Task<string[]> RunAsync(BuildArguments arguments, Func<CacheRun, Task<int>> command)
    {
        await using var output = new StringWriter();
        await using var run = new CacheRun(arguments, new Dictionary<string, string>(), output);
        await command(run);
        return output.ToString().Split('\n');
    }
}
