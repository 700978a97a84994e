// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Cli.Flags;
using Kiln.Cli.Start;
using Kiln.Diagnostics;
using Kiln.Tests.Cache;
using Xunit;

namespace Kiln.Tests.Cli;

/// <summary>The flags about caches.</summary>
public sealed class CacheArgumentsTests
{
    private const string Root = "/var/lib/kiln";

    [Theory]
    [InlineData("", "")]
    [InlineData("--cache-repo=h.io/cache", "")]
    [InlineData("--cache --destination=h.io/app:1", "h.io/app/cache")]
    [InlineData("--cache --destination=h.io/app:1 --destination=other.io/app", "h.io/app/cache")]
    [InlineData("--cache --no-push", "/var/lib/kiln/cache")]
    [InlineData("--cache --cache-repo=h.io/cache", "h.io/cache")]
    [InlineData("--cache --cache-repo=h.io/cache:main", "h.io/cache:main")]
    [InlineData("--cache --cache-repo=oci:/var/c", "oci:/var/c")]
    [InlineData("--cache --cache-repo=h.io/cache --cache-dir=/vol", "/vol h.io/cache")]
    [InlineData("--cache-from=h.io/app:cache", "h.io/app:cache")]
    [InlineData("--cache-from=type=registry,ref=h.io/app:a --cache-from=type=local,src=/b", "type=registry,ref=h.io/app:a type=local,src=/b")]
    [InlineData("--cache --cache-repo=h.io/c --cache-from=type=local,src=/b", "h.io/c type=local,src=/b")]
    public void Flags_name_the_caches_that_are_looked_into_and_in_which_order(string words, string names)
    {
        BuildArguments arguments = CommandLines.Read(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(names, string.Join(' ', Open(arguments)?.Sources.Select(store => store.Name) ?? []));
    }

    [Theory]
    [InlineData("--cache --cache-repo=h.io/c", true)]
    [InlineData("--cache --cache-repo=h.io/c --no-push-cache", false)]
    [InlineData("--cache-from=h.io/c:1", false)]
    [InlineData("--cache-from=h.io/c:1 --cache-to=h.io/c:1", true)]
    [InlineData("--cache-from=h.io/c:1 --cache-to=type=registry,ref=h.io/c:1,mode=max --no-push-cache", false)]
    public void A_cache_is_written_to_unless_flags_say_that_it_is_only_read(string words, bool isWritten) =>
        Assert.Equal(isWritten, Open(CommandLines.Read(words.Split(' ')))!.IsWritten);

    [Fact]
    public void What_is_cached_and_for_how_long_is_as_with_kaniko()
    {
        CacheOptions usual = new CacheArguments(CommandLines.Read("--cache"), Root).Options;
        CacheOptions other = new CacheArguments(CommandLines.Read("--cache-copy-layers", "--cache-run-layers=false", "--cache-ttl=6h", "--cache-verify"), Root).Options;

        Assert.Equal(new CacheOptions { CopyLayers = false, RunLayers = true, TimeToLive = TimeSpan.FromHours(336) }, usual);
        Assert.Equal(new CacheOptions { CopyLayers = true, RunLayers = false, TimeToLive = TimeSpan.FromHours(6), VerifiesLayers = true }, other);
    }

    [Theory]
    [InlineData("type=registry,ref=h.io/c,image-manifest=true,oci-mediatypes=true,mode=max,ignore-error=false", CacheMode.Max, true)]
    [InlineData("type=registry,ref=h.io/c,ignore-error=true", CacheMode.Min, false)]
    [InlineData("type=local,dest=/c", CacheMode.Min, false)]
    public void An_export_is_spelled_as_BuildKit_has_it(string text, CacheMode mode, bool isRequired)
    {
        (_, CacheMode read, bool required) = CacheSpecification.ParseTo(text);

        Assert.Equal((mode, isRequired), (read, required));
    }

    [Theory]
    [InlineData("--cache-to=type=registry", "lacks `ref=`")]
    [InlineData("--cache-to=type=local,src=/c", "lacks `dest=`")]
    [InlineData("--cache-to=type=gha", "has the type `gha`, which is not supported")]
    [InlineData("--cache-to=ref=h.io/c", "has no `type=`")]
    [InlineData("--cache-to=type=registry,ref=h.io/c,mode=all", "has the mode `all`")]
    [InlineData("--cache-to=type=registry,ref=h.io/c,compression=zstd", "has `compression=`")]
    [InlineData("--cache-to=type=registry,ref=h.io/c,image-manifest=false", "has `image-manifest=false`")]
    [InlineData("--cache-to=type=registry,ref=h.io/c,tag=x", "has `tag=`, which this type does not know")]
    [InlineData("--cache-to=type=registry,ref=h.io/c,ref=h.io/d", "says `ref` twice")]
    [InlineData("--cache-from=type=registry,ref", "has `ref`, which is not of the form NAME=VALUE")]
    [InlineData("--cache-from=type=registry,ref=h.io/c,mode=max", "has `mode=`")]
    [InlineData("--cache-to=type=inline,mode=max", "has the mode `max`")]
    [InlineData("--cache-to=type=inline,ref=h.io/c", "has `ref=`, which this type does not know")]
    [InlineData("--cache-from=type=inline", "has the type `inline`, which is not supported")]
    [InlineData("--cache-to=type=s3", "lacks `bucket=`")]
    [InlineData("--cache-to=type=s3,bucket=b,name=a/b", "has the name `a/b`")]
    [InlineData("--cache-to=type=s3,bucket=b,endpoint_url=here", "has the endpoint `here`, which is no address")]
    [InlineData("--cache-to=type=s3,bucket=b,access_key_id=me", "has half a key")]
    [InlineData("--cache-to=type=s3,bucket=b,secret_access_key=hush,colour=red", "`--cache-to type=s3,bucket=b,secret_access_key=...,colour=red` has half a key")]
    [InlineData("--cache --cache-repo=oci:", "names no directory")]
    [InlineData("--cache --cache-ttl=soon --no-push", "`--cache-ttl soon` is no duration")]
    public void What_cannot_be_meant_is_refused_with_the_flag_and_the_reason(string words, string reason)
    {
        BuildArguments arguments = CommandLines.Read(words.Split(' '));

        var refusal = Assert.Throws<BuildException>(() => Open(arguments));

        Assert.Equal(DiagnosticRules.InvalidArgument, refusal.Diagnostic.Rule);
        Assert.Contains(reason, refusal.Message);
    }

    private static CacheStores? Open(BuildArguments arguments)
    {
        var cache = new CacheArguments(arguments, Root);
        return cache.Open(CacheMediaOf.Options(cache.Options, null, Assert.Fail));
    }
}
