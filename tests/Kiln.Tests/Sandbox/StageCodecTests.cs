// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Sandbox;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Roots;
using Kiln.Sandbox.Stage;
using Xunit;

namespace Kiln.Tests.Sandbox;

public sealed class StageCodecTests
{
    [Fact]
    public void A_request_arrives_as_it_was_sent()
    {
        var request = new StageRequest(
            new RunRequest
            {
                Root = new OverlayRoot(["/a", "/b"], "/upper", "/work"),
                Arguments = ["sh", "-c", "echo \u00fc"],
                Environment = ["A=1"],
                WorkingDirectory = UnixPath.Clean([(byte)'d', 0xff]),
                User = "app:staff",
                HostName = "host",
                Network = RunNetwork.None,
                Mounts =
                [
                    new BindMount { Target = UnixPath.Clean("x"), Source = "/s", Access = BindAccess.Discard },
                    new TemporaryMount { Target = UnixPath.Clean("y"), Size = 5 },
                    new FileMount { Target = UnixPath.Clean("z"), Content = new byte[] { 0, 1 }, Mode = 0x100, Uid = 1, Gid = 2, Writable = true },
                ],
            },
            "/scratch");

        StageRequest arrived = StageCodec.DecodeRequest(StageCodec.Encode(request));

        var root = Assert.IsType<OverlayRoot>(arrived.Run.Root);
        Assert.Equal(["/a", "/b", "/upper", "/work", "/scratch"], [.. root.LowerTrees, root.UpperDirectory, root.WorkDirectory, arrived.Scratch!]);
        Assert.Equal(request.Run.Arguments, arrived.Run.Arguments);
        Assert.Equal(request.Run.Environment, arrived.Run.Environment);
        Assert.Equal(request.Run.WorkingDirectory, arrived.Run.WorkingDirectory);
        Assert.Equal(("app:staff", "host", RunNetwork.None), (arrived.Run.User, arrived.Run.HostName, arrived.Run.Network));
        Assert.Equal(request.Run.Mounts[..2], arrived.Run.Mounts[..2]);
        var file = Assert.IsType<FileMount>(arrived.Run.Mounts[2]);
        Assert.Equal(new byte[] { 0, 1 }, file.Content.ToArray());
        Assert.Equal((UnixPath.Clean("z"), 0x100, 1u, 2u, true), (file.Target, file.Mode, file.Uid, file.Gid, file.Writable));
    }

    [Fact]
    public void A_merged_tree_arrives_as_it_was_sent()
    {
        var request = new StageRequest(new RunRequest { Root = new MergedRoot("/tree"), Arguments = ["true"] }, null);

        StageRequest arrived = StageCodec.DecodeRequest(StageCodec.Encode(request));

        Assert.Equal(new MergedRoot("/tree"), arrived.Run.Root);
        Assert.Null(arrived.Scratch);
    }

    [Fact]
    public void A_report_arrives_with_its_failure()
    {
        var report = new StageReport([UnixPath.Clean("etc/hosts")], new StageFailure(FailureKind.SystemCall, "no") { Error = Errno.EPERM });

        StageReport arrived = StageCodec.DecodeReport(StageCodec.Encode(report));

        Assert.Equal(report.Stubs, arrived.Stubs);
        Assert.Equal(report.Failure, arrived.Failure);
    }
}
