// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>The mounts of `RUN`, with all that goes without saying said.</summary>
public sealed class MountTests
{
    [Fact]
    public void A_bind_shows_the_whole_context_read_only()
    {
        StepMount mount = Mount("target=/x");

        Assert.Equal((MountType.Bind, "/x", "/", true), (mount.Type, mount.Target, mount.Source, mount.ReadOnly));
        Assert.Equal(ContextSource.Instance, mount.From);
    }

    [Theory]
    [InlineData("type=cache", "/work", "/work")]
    [InlineData("type=cache,target=c", "/work/c", "/work/c")]
    [InlineData("type=cache,target=/a/../b/", "/b", "/b")]
    [InlineData("type=cache,id=mine,target=/b", "/b", "mine")]
    [InlineData("type=cache,target=/c/$v", "/c/1", "/c/1")]
    public void A_cache_is_known_by_its_clean_target_or_its_id(string csv, string target, string id)
    {
        StepMount mount = Mount(csv);

        Assert.Equal((target, id, false, 0x1ED), (mount.Target, mount.Id, mount.ReadOnly, mount.Mode));
    }

    [Theory]
    [InlineData("type=secret,id=key", "/run/secrets/key", "key", null)]
    [InlineData("type=secret,id=a/key", "/run/secrets/key", "a/key", null)]
    [InlineData("type=secret,src=key", "/run/secrets/key", "key", null)]
    [InlineData("type=secret,target=/etc/key", "/etc/key", "key", null)]
    [InlineData("type=secret,id=key,env=KEY", null, "key", "KEY")]
    [InlineData("type=secret,id=key,env=KEY,target=/k", "/k", "key", "KEY")]
    [InlineData("type=secret,id=key,target=k", "/work/k", "key", null)]
    public void A_secret_is_a_file_unless_it_is_a_variable_alone(string csv, string? target, string id, string? variable)
    {
        StepMount mount = Mount(csv);

        Assert.Equal((target, id, variable, 0x100, false), (mount.Target, mount.Id, mount.Variable, mount.Mode, mount.Required));
    }

    [Fact]
    public void A_tmpfs_may_have_a_size() => Assert.Equal(64L << 20, Mount("type=tmpfs,target=/t,size=64m").Size);

    [Theory]
    [InlineData("type=tmpfs,target=/", "invalid mount target \"/\"")]
    [InlineData("type=bind,target=/a/..", "invalid mount target \"/\"")]
    [InlineData("type=secret", "invalid secret mount. one of source, target required")]
    [InlineData("type=secret,env=X", "invalid secret mount. one of source, target required")]
    [InlineData("type=wrong", "unsupported mount type \"wrong\"")]
    public void A_mount_that_cannot_be_is_refused(string csv, string message) =>
        Assert.Equal(message, Plans.ErrorBelow($"RUN --mount={csv} x").Message);

    [Fact]
    public void Without_a_target_and_a_working_directory_a_mount_has_no_place() =>
        Assert.StartsWith("invalid mount target", Plans.ErrorBelow("RUN --mount=type=cache x").Message, StringComparison.Ordinal);

    [Fact]
    public void A_bind_may_come_from_a_stage()
    {
        RunStep step = Assert.IsType<RunStep>(Plans.Of(
            "FROM scratch AS a\nFROM conf-base:1\nRUN --mount=from=A,source=d/../e,target=/x,rw true").Target.Steps[0]);

        Assert.Equal(new StageSource(0), step.Mounts[0].From);
        Assert.Equal(("/e", false), (step.Mounts[0].Source, step.Mounts[0].ReadOnly));
    }

    private static StepMount Mount(string csv) => Assert.Single(Plans.Only<RunStep>($"ARG v=1\nWORKDIR /work\nRUN --mount={csv} x").Mounts);
}
