// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Sandbox.Mounts;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

public sealed class MountTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    private string MakeSource([System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        string source = Directory.CreateDirectory($"{tree.Directory}/{name}").FullName;
        File.WriteAllText($"{source}/file", "here\n");
        return source;
    }

    private Step Shell(string script, RunMount mount) => Step.Shell(tree, script).With(request => request with { Mounts = [mount] });

    [Fact]
    public async Task A_read_only_bind_can_be_read_and_not_written()
    {
        var mount = new BindMount { Source = MakeSource(), Target = UnixPath.Clean("/mnt/deep") };

        Assert.Equal("here\nrefused\n", await Shell("cat /mnt/deep/file; echo x 2>/dev/null > /mnt/deep/new || echo refused", mount).OutputAsync());
    }

    [Fact]
    public async Task A_cache_keeps_what_is_written()
    {
        var mount = new BindMount { Source = MakeSource(), Target = UnixPath.Clean("/cache"), Access = BindAccess.ReadWrite };
        var step = Shell("echo x > /cache/new", mount);

        await step.OutputAsync();

        Assert.Equal("x\n", File.ReadAllText($"{mount.Source}/new"));
        Assert.Empty(step.Changes());
    }

    [Fact]
    public async Task Writes_that_are_to_be_discarded_are()
    {
        var mount = new BindMount { Source = MakeSource(), Target = UnixPath.Clean("/mnt"), Access = BindAccess.Discard };

        Assert.Equal("file\nnew\n", await Shell("echo x > /mnt/new; echo changed > /mnt/file; ls /mnt", mount).OutputAsync());
        Assert.Equal(["file"], Directory.GetFiles(mount.Source).Select(Path.GetFileName));
        Assert.Empty(Directory.GetDirectories(tree.Directory, "run-*"));
    }

    [Fact]
    public async Task A_single_file_can_be_bound()
    {
        var mount = new BindMount { Source = $"{MakeSource()}/file", Target = UnixPath.Clean("/srv/bound"), Access = BindAccess.Discard };

        Assert.Equal("here\nmore\n", await Shell("echo more >> /srv/bound; cat /srv/bound", mount).OutputAsync());
        Assert.Equal("here\n", File.ReadAllText(mount.Source));
    }

    [Fact]
    public async Task A_tmpfs_holds_no_more_than_its_size()
    {
        var mount = new TemporaryMount { Target = UnixPath.Clean("/scratch"), Size = 1 << 20 };

        Assert.Equal("full\n", await Shell("head -c 2000000 /dev/zero 2>/dev/null > /scratch/x || echo full", mount).OutputAsync());
    }

    [Fact]
    public async Task A_secret_has_its_mode_and_leaves_no_trace()
    {
        var mount = new FileMount { Target = UnixPath.Clean("/run/secrets/token"), Content = Encoding.ASCII.GetBytes("s3cret"), Mode = 0x100 };
        var step = Shell("cat /run/secrets/token; stat -c ' %a %u' /run/secrets/token", mount);

        Assert.Equal("s3cret 400 0\n", await step.OutputAsync());
        Assert.Empty(step.Changes());
    }

    [Fact]
    public async Task A_target_behind_links_stays_inside_the_root()
    {
        string outside = $"{tree.Directory}/outside";
        Directory.CreateDirectory(outside);
        string layer = Directory.CreateDirectory($"{tree.Directory}/links").FullName;
        File.CreateSymbolicLink($"{layer}/absolute", outside);
        File.CreateSymbolicLink($"{layer}/climbing", "../../../../../../../../etc");
        var step = Step.Shell(tree, $"cat {outside}/a /etc/b").WithLower([tree.Root, layer]).With(request => request with
        {
            Mounts = [Named("/absolute/a"), Named("/climbing/b")],
        });

        Assert.Equal("/absolute/a/climbing/b", await step.OutputAsync());
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Equal(["/etc", "/tmp"], step.Changes());

        static FileMount Named(string target) => new() { Target = UnixPath.Clean(target), Content = Encoding.ASCII.GetBytes(target) };
    }
}
