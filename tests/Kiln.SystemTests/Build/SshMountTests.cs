// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>`RUN --mount=type=ssh`: a step asks an agent and sees no more than its answers.</summary>
public sealed class SshMountTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("namespaces", 0u)]
    [InlineData("namespaces", 1000u)]
    [InlineData("chroot", 0u)]
    public async Task A_key_signs_behind_a_socket_and_stays_outside(string rung, uint uid)
    {
        Assert.SkipUnless(rung != "chroot" || Environment.IsPrivilegedProcess, "a changed root takes root");
        using BuildPlace place = await world.NewPlaceAsync(uid);
        place.Environment["KILN_ISOLATION"] = rung;
        string key = await MakeKeyAsync(place, "");
        place.Dockerfile($"""
            FROM base
            RUN --mount=type=ssh echo $SSH_AUTH_SOCK && stat -c '%F %a %u' $SSH_AUTH_SOCK
            RUN --mount=type=ssh,target=/tmp/own,mode=0666 --mount=type=ssh,id=default echo $SSH_AUTH_SOCK; ls -d /run/buildkit/*
            RUN --mount=type=ssh grep -rl OPENSSH / --exclude-dir=proc --exclude-dir=sys 2>/dev/null; [ -z "$(ls /run)" ] || ls /run
            RUN ls /run; echo "${"{SSH_AUTH_SOCK-unset}"}"
            """);

        KilnRun run = await place.BuildAsync(["--no-push", "--ssh", $"default={key}"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("/run/buildkit/ssh_agent.0\nsocket 600 0\n/tmp/own\n/run/buildkit/ssh_agent.1\nbuildkit\nunset\n", run.Output);
    }

    [Theory]
    [InlineData("namespaces", "default")]
    [InlineData("namespaces", "none")]
    [InlineData("chroot", "default")]
    [InlineData("chroot", "none")]
    public async Task A_step_is_answered_whatever_network_it_has(string rung, string network)
    {
        Assert.SkipUnless(rung != "chroot" || Environment.IsPrivilegedProcess, "a changed root takes root");
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["KILN_ISOLATION"] = rung;
        string key = await MakeKeyAsync(place, "");
        CompileClient(place);
        place.Dockerfile($"FROM base\nCOPY client /client\nRUN --network={network} --mount=type=ssh /client");

        KilnRun run = await place.BuildAsync(["--no-push", "--ssh", $"default={key}"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("1 key", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_of_the_environment_is_forwarded_for_keys_and_signatures_alone()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        CompileClient(place);
        place.Environment["SSH_AUTH_SOCK"] = place.Path("agent");
        place.Dockerfile("FROM base\nCOPY client /client\nRUN --mount=type=ssh,required /client; /client remove");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(place.Path("agent")));
        listener.Listen();
        Task<List<byte>> heard = AnswerAsync(listener);

        KilnRun run = await place.BuildAsync(["--no-push", "--ssh", "default"], Token);
        listener.Dispose();

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("0 keys\nrefused\n", run.Output);
        Assert.Equal([11], await heard);
    }

    [Fact]
    public async Task A_required_agent_that_is_not_given_is_an_error_and_another_is_left_out()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN --mount=type=ssh echo \"${SSH_AUTH_SOCK-unset}\"\nRUN --mount=type=ssh,id=git,required true");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal((1, "unset\n"), (run.Status, run.Output));
        Assert.Contains("error KILN4022: no SSH key \"git\" forwarded from the client", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_a_passphrase_is_refused_before_anything_is_built()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string key = await MakeKeyAsync(place, "hush-hush");
        place.Dockerfile("FROM base\nRUN --mount=type=ssh true");

        KilnRun run = await place.BuildAsync(["--no-push", "--ssh", $"default={key}"], Token);

        Assert.Equal(1, run.Status);
        Assert.Contains("encrypted", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("FROM", run.Error, StringComparison.Ordinal);
    }

    private static async Task<string> MakeKeyAsync(BuildPlace place, string passphrase)
    {
        Assert.SkipUnless(Programs.Has("ssh-keygen"), "OpenSSH is not installed");
        await Programs.RunAsync(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", place.Path("key")], Token);
        return place.Path("key");
    }

    /// <summary>Asks for the keys, or with a word for the removal of all, and says what came.</summary>
    private static void CompileClient(BuildPlace place)
    {
        const string source = """
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/socket.h>
            #include <sys/un.h>
            #include <unistd.h>
            int main(int argc, char **argv) {
                struct sockaddr_un address = { .sun_family = AF_UNIX };
                strcpy(address.sun_path, getenv("SSH_AUTH_SOCK"));
                int fd = socket(AF_UNIX, SOCK_STREAM, 0);
                if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) { perror("connect"); return 1; }
                write(fd, argc > 1 ? "\0\0\0\1\23" : "\0\0\0\1\13", 5);
                unsigned char answer[4096];
                read(fd, answer, sizeof answer);
                if (answer[4] == 12)
                    printf("%d key%s\n", answer[8], answer[8] == 1 ? "" : "s");
                else
                    printf("refused\n");
            }
            """;
        Sandbox.CCompiler.CompileStatic(source, place.ContextPath("client"));
    }

    /// <summary>An agent without keys, which remembers what it was asked.</summary>
    private static async Task<List<byte>> AnswerAsync(Socket listener)
    {
        var heard = new List<byte>();
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptAsync();
                byte[] request = new byte[5];
                await client.ReceiveAsync(request);
                heard.Add(request[4]);
                await client.SendAsync(new byte[] { 0, 0, 0, 5, 12, 0, 0, 0, 0 });
            }
        }
        catch (SocketException)
        {
            return heard;
        }
        catch (ObjectDisposedException)
        {
            return heard;
        }
    }
}
