// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class RunMountParserTests
{
    public static TheoryData<string, MountOptions> Mounts => new()
    {
        { "target=/x", new MountOptions { Target = "/x", ReadOnly = true } },
        { "TYPE=bind,Source=a,dst=/x,rw", new MountOptions { Source = "a", Target = "/x" } },
        { "type=bind,from=b,ro=false", new MountOptions { From = "b" } },
        { "type=cache,target=/c", new MountOptions { Type = MountType.Cache, Target = "/c" } },
        {
            "type=cache,id=i,sharing=locked,mode=0700,uid=1,gid=2,readonly",
            new MountOptions { Type = MountType.Cache, Id = "i", Sharing = CacheSharing.Locked, Mode = 448, UserId = 1, GroupId = 2, ReadOnly = true }
        },
        { "type=tmpfs,target=/t,size=1.5m", new MountOptions { Type = MountType.Tmpfs, Target = "/t", Size = 1572864 } },
        { "type=secret,id=s,required", new MountOptions { Type = MountType.Secret, Id = "s", Required = true, ReadOnly = true } },
        { "type=secret,src=s,env=E,required=false", new MountOptions { Type = MountType.Secret, Source = "s", Environment = "E", ReadOnly = true } },
        { "type=ssh,required=1,mode=600", new MountOptions { Type = MountType.Ssh, Required = true, Mode = 384, ReadOnly = true } },
        { "\"target=/a,\"\"b\",type=bind", new MountOptions { Target = "/a,\"b", ReadOnly = true } },
        { "target=$V,from=$", new MountOptions { Target = "<$V>", From = "$", ReadOnly = true } },
    };

    [Theory]
    [MemberData(nameof(Mounts))]
    public void A_mount_is_read(string csv, MountOptions expected) => Assert.Equal(expected, Parse(csv));

    [Theory]
    [InlineData("type=bindd", "KILN1042", "unsupported mount type \"bindd\" (did you mean bind?)")]
    [InlineData("typ=tmpfs", "KILN1041", "unexpected key 'typ' in 'typ=tmpfs' (did you mean type?)")]
    [InlineData("nonsense=1", "KILN1041", "unexpected key 'nonsense' in 'nonsense=1'")]
    [InlineData("target", "KILN1040", "invalid field 'target' must be a key=value pair")]
    [InlineData("a\"b", "KILN1040", "failed to parse csv mounts: misplaced quote")]
    [InlineData("\"a", "KILN1040", "failed to parse csv mounts: misplaced quote")]
    [InlineData("\"a\"b", "KILN1040", "failed to parse csv mounts: misplaced quote")]
    [InlineData("readonly=x", "KILN1043", "invalid value for readonly: x")]
    [InlineData("type=cache,mode=9", "KILN1043", "invalid value 9 for mode")]
    [InlineData("type=cache,uid=-1", "KILN1043", "invalid value -1 for uid")]
    [InlineData("type=tmpfs,size=1q", "KILN1043", "invalid value for size: 1q")]
    [InlineData("type=cache,sharing=sharde", "KILN1043", "unsupported sharing value \"sharde\" (did you mean shared?)")]
    [InlineData("size=1,type=tmpfs", "KILN1044", "unexpected key 'size' for mount type 'bind'")]
    [InlineData("required,type=secret", "KILN1044", "unexpected key 'required' for mount type 'bind'")]
    [InlineData("required=true", "KILN1044", "unexpected key 'required' for mount type 'bind'")]
    [InlineData("target=/x,mode=0", "KILN1044", "mode not allowed for \"bind\" type mounts")]
    [InlineData("type=tmpfs,uid=0", "KILN1044", "uid not allowed for \"tmpfs\" type mounts")]
    [InlineData("sharing=shared", "KILN1044", "invalid cache sharing set for bind mount")]
    [InlineData("type=secret,id=a,sharing=shared", "KILN1044", "secret mount should not define sharing")]
    [InlineData("type=secret,id=a,from=b", "KILN1044", "secret mount should not have a from")]
    [InlineData("type=secret", "KILN1040", "invalid secret mount. one of source, target required")]
    [InlineData("type=secret,id=a,source=b", "KILN1040", "both source and id can't be set")]
    [InlineData("type=ssh,source=b", "KILN1044", "ssh does not support source")]
    public void A_mount_is_refused(string csv, string code, string message)
    {
        Diagnostic error = Assert.Throws<BuildException>(() => Parse(csv)).Diagnostic;

        Assert.Equal((code, message), (error.Rule.Code, error.Message));
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("100b", 100L)]
    [InlineData("2k", 2048L)]
    [InlineData("2KB", 2048L)]
    [InlineData("1 GiB", 1073741824L)]
    [InlineData("9999999999999999999p", null)]
    [InlineData("k", null)]
    [InlineData("-1", null)]
    [InlineData("1ki", null)]
    public void A_size_is_read(string text, long? expected) => Assert.Equal(expected, ByteSize.Parse(text));

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-0", 0L)]
    [InlineData("2h7m1s9ms8us3ns", 7_621_009_008_003L)]
    [InlineData(".5s", 500_000_000L)]
    [InlineData("1.s", 1_000_000_000L)]
    [InlineData("-1.5h", -5_400_000_000_000L)]
    [InlineData("1\u00B5s", 1_000L)]
    [InlineData("", null)]
    [InlineData("-", null)]
    [InlineData("1", null)]
    [InlineData(".s", null)]
    [InlineData("1d", null)]
    [InlineData("9999999h", null)]
    public void A_duration_is_read(string text, long? expected) => Assert.Equal(expected, GoDuration.Parse(text));

    private static MountOptions Parse(string csv) =>
        RunMountParser.Parse(csv, value => value.Replace("$V", "<$V>", StringComparison.Ordinal), default);
}
