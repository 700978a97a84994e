// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Sandbox;
using Kiln.Sandbox.Mounts;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

/// <summary>Mounts by the kernel, and what a changed root has in their place.</summary>
[Collection("measured steps")]
public sealed class MountTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    public static TheoryData<RequestedIsolation> Rungs => [RequestedIsolation.Namespaces, RequestedIsolation.Chroot];

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_read_only_bind_can_be_read_and_not_written(RequestedIsolation rung)
    {
        var mount = new BindMount { Source = MakeSource(rung), Target = UnixPath.Clean("/mnt/deep") };

        (string output, string[] changes) = await RunAsync(rung, "cat /mnt/deep/file; echo x 2>/dev/null > /mnt/deep/new || echo refused", mount);

        Assert.Equal("here\nrefused\n", output);
        Assert.Empty(changes);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_read_only_bind_refuses_every_change_and_says_why(RequestedIsolation rung)
    {
        const string script = """
            cd /mnt
            for c in 'touch new' 'touch file' 'mkdir new' 'rm file' 'rmdir sub' 'mv file other' 'mv file /tmp/away' 'ln -s x new' 'ln file new' 'chmod 600 file' 'chown 1 sub' 'truncate -s 0 file' \
                     'cp /etc/passwd new' 'sh -c "echo x >> file"' 'sh -c "echo x > /mnt/sub/../new"' 'sh -c "echo x > /tmp/link"'; do
                [ -e /tmp/link ] || ln -s /mnt/file /tmp/link
                eval "$c" 2>&1 | grep -q 'Read-only file system' || echo "$c"
            done
            rm /tmp/link; cat file; mkdir -p sub
            """;
        string source = MakeSource(rung);
        Directory.CreateDirectory($"{source}/sub");

        (string output, string[] changes) = await RunAsync(rung, script, new BindMount { Source = source, Target = UnixPath.Clean("/mnt") });

        Assert.Equal("here\n", output);
        // It was moved by a copy, as to any other file system.
        Assert.Equal(["/tmp", "/tmp/away"], changes.Append("/tmp").Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task Every_call_that_changes_a_read_only_mount_fails_as_on_one(RequestedIsolation rung)
    {
        const string source = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/openat2.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <sys/xattr.h>
            #include <unistd.h>
            #include <utime.h>
            #define TRY(call) do { errno = 0; long r = (call); printf("%s %s\n", #call, r >= 0 ? "done" : strerrorname_np(errno)); } while (0)
            int main(void) {
                struct open_how how = { .flags = O_WRONLY }, make = { .flags = O_WRONLY | O_CREAT, .mode = 0600 };
                int d = open("/mnt", O_RDONLY | O_DIRECTORY), t = open("/tmp", O_RDONLY | O_DIRECTORY);
                chdir("/mnt");
                TRY(creat("file", 0600)); TRY(creat("new", 0600)); TRY(openat(d, "file", O_RDWR)); TRY(openat(d, "file", O_RDONLY | O_TRUNC)); TRY(openat(d, "new", O_CREAT, 0600));
                TRY(openat(d, "file", O_CREAT, 0600)); TRY(openat(d, "file", O_CREAT | O_EXCL | O_WRONLY, 0600)); TRY(openat(d, ".", O_TMPFILE | O_WRONLY, 0600));
                TRY(syscall(SYS_openat2, d, "file", &how, sizeof how)); TRY(syscall(SYS_openat2, d, "new", &make, sizeof make)); TRY(syscall(SYS_openat2, t, "../mnt/file", &how, sizeof how));
                TRY(truncate("file", 0)); TRY(mkdir("sub", 0700)); TRY(mkdirat(d, "new", 0700)); TRY(symlinkat("x", d, "new")); TRY(symlinkat("x", d, "file"));
                TRY(unlinkat(d, "file", 0)); TRY(unlinkat(d, "sub", AT_REMOVEDIR)); TRY(renameat(d, "file", d, "new")); TRY(renameat(d, "file", t, "new")); TRY(renameat(d, "absent", d, "new"));
                TRY(linkat(d, "file", d, "new", 0)); TRY(linkat(d, "file", t, "new", 0)); TRY(chmod("file", 0600)); TRY(fchmodat(d, "file", 0600, 0)); TRY(lchown("file", 1, 1));
                TRY(fchownat(d, "sub", 1, 1, 0)); TRY(chmod("absent", 0600)); TRY(utime("file", 0)); TRY(utimes("file", 0)); TRY(utimensat(d, "file", 0, 0));
                TRY(setxattr("file", "user.x", "y", 1, 0)); TRY(lremovexattr("file", "user.x")); TRY(access("file", W_OK)); TRY(faccessat(d, "file", R_OK, 0)); TRY(faccessat(d, "file", W_OK, 0));
            }
            """;
        string place = Directory.CreateDirectory($"{MakeSource(rung)}/sub").Parent!.FullName;
        CCompiler.CompileStatic(source, $"{place}/calls");

        (string output, string[] changes) = await RunAsync(rung, "/mnt/calls", new BindMount { Source = place, Target = UnixPath.Clean("/mnt") });

        string[] other = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.EndsWith(" EROFS", StringComparison.Ordinal))];
        Assert.Equal(
            [
                "openat(d, \"file\", O_CREAT, 0600) done", "openat(d, \"file\", O_CREAT | O_EXCL | O_WRONLY, 0600) EEXIST", "mkdir(\"sub\", 0700) EEXIST", "symlinkat(\"x\", d, \"file\") EEXIST",
                "renameat(d, \"file\", t, \"new\") EXDEV", "linkat(d, \"file\", t, \"new\", 0) EXDEV", "chmod(\"absent\", 0600) ENOENT", "faccessat(d, \"file\", R_OK, 0) done",
            ],
            other);
        Assert.Empty(changes);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_cache_keeps_what_is_written(RequestedIsolation rung)
    {
        var mount = new BindMount { Source = MakeSource(rung), Target = UnixPath.Clean("/cache"), Access = BindAccess.ReadWrite };

        (_, string[] changes) = await RunAsync(rung, "echo x > /cache/new", mount);

        Assert.Equal("x\n", File.ReadAllText($"{mount.Source}/new"));
        Assert.Empty(changes);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task What_is_mounted_cannot_be_moved_removed_or_linked_to(RequestedIsolation rung)
    {
        var mount = new BindMount { Source = MakeSource(rung), Target = UnixPath.Clean("/srv/cache"), Access = BindAccess.ReadWrite };

        (string output, string[] changes) = await RunAsync(
            rung,
            "mv /srv/cache /srv/other 2>/dev/null || echo busy; rm -r /srv/cache 2>/dev/null || echo busy; ls -d /srv/*; echo x > /srv/cache/x; ln /srv/cache/x /srv/y 2>/dev/null || echo elsewhere; ln /srv/cache/x /srv/cache/z && echo here",
            mount);

        Assert.Equal("busy\nbusy\n/srv/cache\nelsewhere\nhere\n", output);
        Assert.Equal(["x", "z"], Directory.GetFiles(mount.Source).Select(Path.GetFileName).Order());
        Assert.Empty(changes.Except(["/srv"]));
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_mount_comes_home_from_a_directory_that_the_step_has_moved(RequestedIsolation rung)
    {
        var mount = new BindMount { Source = MakeSource(rung), Target = UnixPath.Clean("/srv/a/b/cache"), Access = BindAccess.ReadWrite };
        var second = new BindMount { Source = MakeSource(rung, "second"), Target = UnixPath.Clean("/srv/a/file"), Access = BindAccess.ReadWrite };

        (_, string[] changes) = await RunAsync(
            rung, "mv /srv/a /srv/moved && mkdir /srv/a && echo x > /srv/moved/b/cache/new && echo own > /srv/moved/b/own", mount, second);

        Assert.Equal("x\n", File.ReadAllText($"{mount.Source}/new"));
        Assert.Equal("here\n", File.ReadAllText($"{second.Source}/file"));
        Assert.DoesNotContain(changes, change => change.Contains("new", StringComparison.Ordinal));
        Assert.Contains("/srv/moved/b/own", changes);
    }

    [Fact]
    public async Task Writes_that_are_to_be_discarded_are()
    {
        var mount = new BindMount { Source = MakeSource(RequestedIsolation.Namespaces), Target = UnixPath.Clean("/mnt"), Access = BindAccess.Discard };

        (string output, _) = await RunAsync(RequestedIsolation.Namespaces, "echo x > /mnt/new; echo changed > /mnt/file; ls /mnt", mount);

        Assert.Equal("file\nnew\n", output);
        Assert.Equal(["file"], Directory.GetFiles(mount.Source).Select(Path.GetFileName));
        Assert.Empty(Directory.GetDirectories(tree.Directory, "run-*"));
    }

    [Fact]
    public async Task A_discarding_bind_of_a_file_leaves_the_file()
    {
        var mount = new BindMount { Source = $"{MakeSource(RequestedIsolation.Namespaces)}/file", Target = UnixPath.Clean("/srv/bound"), Access = BindAccess.Discard };

        (string output, _) = await RunAsync(RequestedIsolation.Namespaces, "echo more >> /srv/bound; cat /srv/bound", mount);

        Assert.Equal("here\nmore\n", output);
        Assert.Equal("here\n", File.ReadAllText(mount.Source));
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_single_file_can_be_bound_over_one_of_the_image(RequestedIsolation rung)
    {
        var mount = new BindMount { Source = $"{MakeSource(rung)}/file", Target = UnixPath.Clean("/etc/group"), Access = BindAccess.ReadWrite };

        (string output, string[] changes) = await RunAsync(rung, "echo more >> /etc/group; cat /etc/group", mount);

        Assert.Equal("here\nmore\n", output);
        Assert.Equal("here\nmore\n", File.ReadAllText(mount.Source));
        Assert.Empty(changes);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_tmpfs_is_empty_open_to_all_and_gone_afterwards(RequestedIsolation rung)
    {
        var mount = new TemporaryMount { Target = UnixPath.Clean("/etc") };

        (string output, string[] changes) = await RunAsync(rung, "ls -A /etc; stat -c %a /etc; echo x > /etc/passwd; cat /etc/passwd; grep -c ' /etc tmpfs ' /proc/mounts", mount);

        Assert.Equal("1777\nx\n1\n", output);
        Assert.Empty(changes);
    }

    [Fact]
    public async Task A_tmpfs_holds_no_more_than_its_size()
    {
        var mount = new TemporaryMount { Target = UnixPath.Clean("/scratch"), Size = 1 << 20 };

        (string output, _) = await RunAsync(RequestedIsolation.Namespaces, "head -c 2000000 /dev/zero 2>/dev/null > /scratch/x || echo full", mount);

        Assert.Equal("full\n", output);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task One_mount_may_lie_within_another(RequestedIsolation rung)
    {
        RunMount[] mounts =
        [
            new TemporaryMount { Target = UnixPath.Clean("/m") },
            new BindMount { Source = MakeSource(rung), Target = UnixPath.Clean("/m/in/bound") },
            new TemporaryMount { Target = UnixPath.Clean("/m/in/scratch") },
        ];

        (string output, string[] changes) = await RunAsync(rung, "touch /m/a /m/in/scratch/b; cat /m/in/bound/file; touch /m/in/bound/c 2>/dev/null || find /m -type f", mounts);

        Assert.Equal(["", "/m/a", "/m/in/bound/file", "/m/in/scratch/b", "here"], output.Split('\n').Order(StringComparer.Ordinal));
        Assert.Empty(changes);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_secret_has_its_mode_and_leaves_no_trace(RequestedIsolation rung)
    {
        const string script = """
            cat /run/secrets/token; stat -c ' %a %u %g %s' /run/secrets/token; cd /run/secrets; cat token /run/../run/./secrets//token; ln -s /run/secrets/token /tmp/link; cat /tmp/link; rm /tmp/link; echo
            cd ..; find . -type f -exec cat {} +; ls -A secrets; grep -r cre . | tr -d '\n'; cp secrets/token /tmp/copy; cmp secrets/token /tmp/copy && rm /tmp/copy; exec 5<secrets/token; cat <&5; cat /proc/self/fd/5; echo
            for c in 'rm secrets/token' 'mv secrets/token x' 'sh -c "echo x > secrets/token"' 'sh -c "echo x > /proc/self/fd/5"' 'chmod 777 secrets/token' 'secrets/token' 'ln secrets/token x'; do eval "$c" 2>/dev/null && echo "$c"; done
            cd secrets/token 2>/dev/null || test -r token -a -f token || echo no directory
            """;

        (string output, string[] changes) = await RunAsync(rung, script, Secret("/run/secrets/token", 0x100));

        string group = Machine.HasUsers || rung == RequestedIsolation.Namespaces ? "50" : "0"; // one id is all that a changed root can give there
        Assert.Equal($"s3cret 400 0 {group} 6\ns3crets3crets3cret\ns3crettoken\n./secrets/token:s3crets3crets3cret\nno directory\n", output);
        Assert.Empty(changes.Except(["/tmp"]));
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task Who_may_read_a_secret_is_for_its_mode_to_say(RequestedIsolation rung)
    {
        Assert.SkipUnless(Machine.HasUsers, "one user id alone is mapped here");
        RunMount[] mounts = [Secret("/a", 0x100), Secret("/b", 0x120), Secret("/c", 0x104)];

        (string output, _) = await RunAsync(rung, [], "cat /a || cat /b || cat /c", mounts, user: "app:staff");

        Assert.Equal("s3cret", output);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_mount_hides_what_was_mounted_below_it(RequestedIsolation rung)
    {
        (string output, _) = await RunAsync(rung, "ls -A /run; cat /run/token 2>/dev/null || echo hidden", Secret("/run/token", 0x100), new TemporaryMount { Target = UnixPath.Clean("/run") });

        Assert.Equal("hidden\n", output);
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task A_target_behind_links_stays_inside_the_root(RequestedIsolation rung)
    {
        string outside = Directory.CreateDirectory($"{tree.Directory}/outside-{rung}").FullName;
        (string Path, string Target)[] links = [("absolute", outside), ("climbing", "../../../../../../../../etc")];

        (string output, string[] changes) = await RunAsync(rung, links, $"cat {outside}/a /etc/b", [Named("/absolute/a"), Named("/climbing/b")]);

        Assert.Equal("/absolute/a/climbing/b", output);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Empty(changes.Except(["/etc", "/tmp"]));

        static FileMount Named(string target) => new() { Target = UnixPath.Clean(target), Content = Encoding.ASCII.GetBytes(target) };
    }

    private static FileMount Secret(string target, int mode) =>
        new() { Target = UnixPath.Clean(target), Content = Encoding.ASCII.GetBytes("s3cret"), Mode = mode, Gid = 50, IsSecret = true };

    private string MakeSource(RequestedIsolation rung, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        string source = Directory.CreateDirectory($"{tree.Directory}/{name}-{rung}").FullName;
        File.WriteAllText($"{source}/file", "here\n");
        return source;
    }

    private Task<(string Output, string[] Changes)> RunAsync(RequestedIsolation rung, string script, params RunMount[] mounts) => RunAsync(rung, [], script, mounts);

    /// <summary>Runs a script, and gives what it printed and which paths of the tree are new, gone or changed.</summary>
    private async Task<(string Output, string[] Changes)> RunAsync(RequestedIsolation rung, (string Path, string Target)[] links, string script, RunMount[] mounts, string user = "")
    {
        if (rung == RequestedIsolation.Namespaces)
        {
            string own = Directory.CreateDirectory($"{tree.Directory}/links-{Guid.NewGuid():N}").FullName;
            foreach ((string path, string target) in links)
                File.CreateSymbolicLink($"{own}/{path}", target);
            var step = Step.Shell(tree, script).WithLower(links.Length == 0 ? [tree.Root] : [tree.Root, own]).With(request => request with { Mounts = [.. mounts], User = user });
            return (await step.OutputAsync(), step.Changes());
        }
        var chroot = ChrootStep.Shell(tree, script).With(request => request with { Mounts = [.. mounts], User = user });
        foreach ((string path, string target) in links)
            File.CreateSymbolicLink($"{chroot.Root}/{path}", target);
        string[] before = [.. Listing()];
        string output = await chroot.OutputAsync();
        string[] after = [.. Listing()];
        Assert.Empty(Directory.GetDirectories(tree.Directory, "run-*"));
        return (output, [.. before.Except(after).Concat(after.Except(before)).Select(line => line.Split(' ')[0]).Distinct()]);

        IEnumerable<string> Listing() => Directory.EnumerateFileSystemEntries(chroot.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Append(chroot.Root)
            .Select(path => $"{path[chroot.Root.Length..]} {File.GetLastWriteTimeUtc(path):O}").Order(StringComparer.Ordinal);
    }
}
