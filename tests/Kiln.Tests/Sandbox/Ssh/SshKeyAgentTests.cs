// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Linux.Credentials;
using Kiln.Linux.Files;
using Kiln.Sandbox.Ssh;
using Xunit;

namespace Kiln.Tests.Sandbox.Ssh;

/// <summary>OpenSSH's own programs as the other side: `ssh-keygen` makes keys and checks signatures that it had made by our agent.</summary>
public sealed class SshKeyAgentTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-ssh-").FullName;

    public SshKeyAgentTests() => Assert.SkipUnless(File.Exists("/usr/bin/ssh-keygen"), "OpenSSH is not installed");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("rsa", "-b 2048")]
    [InlineData("rsa", "-b 2048 -m PEM")]
    [InlineData("rsa", "-b 2048 -m PKCS8")]
    [InlineData("rsa", "-b 3071")]
    [InlineData("ecdsa", "-b 256")]
    [InlineData("ecdsa", "-b 256 -m PEM")]
    [InlineData("ecdsa", "-b 384 -m PKCS8")]
    [InlineData("ecdsa", "-b 521")]
    public void A_signature_of_the_agent_is_valid_to_openssh(string type, string options)
    {
        string key = MakeKey(type, options, passphrase: "");
        string publicKey = File.ReadAllText($"{key}.pub");
        File.WriteAllText(Path.Combine(_directory, "allowed"), $"me {publicKey}");
        File.WriteAllText(Path.Combine(_directory, "message"), "what is signed");
        using SshAgent agent = SshAgent.OfKeys([("key", File.ReadAllText(key))]);
        File.Delete(key);
        using SshAgentServer server = Start(agent);

        // Only the public half is there: ssh-keygen has to ask the agent.
        (int signed, string said) = Run(server, "ssh-keygen", "-Y", "sign", "-n", "test", "-f", $"{key}.pub", Path.Combine(_directory, "message"));
        (int verified, string why) = RunWith(
            Path.Combine(_directory, "message"), "ssh-keygen", "-Y", "verify", "-n", "test", "-I", "me", "-f", Path.Combine(_directory, "allowed"), "-s", Path.Combine(_directory, "message.sig"));

        Assert.True(signed == 0, said);
        Assert.True(verified == 0, why);
    }

    [Fact]
    public void The_agent_lists_its_keys_and_takes_no_others()
    {
        string key = MakeKey("ed25519", "", passphrase: "");
        using SshAgent agent = SshAgent.OfKeys([("key", File.ReadAllText(key))]);
        using SshAgentServer server = Start(agent);

        (int listed, string list) = Run(server, "ssh-add", "-L");
        (int added, _) = Run(server, "ssh-add", key);
        (int removed, _) = Run(server, "ssh-add", "-D");
        (_, string after) = Run(server, "ssh-add", "-L");

        Assert.Equal((0, 1, 1), (listed, added, removed));
        Assert.Contains(File.ReadAllText($"{key}.pub").Split(' ')[1], list, StringComparison.Ordinal);
        Assert.Equal(list, after);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-m PEM")]
    [InlineData("-m PKCS8")]
    public void A_key_with_a_passphrase_is_refused(string options)
    {
        string text = File.ReadAllText(MakeKey("rsa", $"-b 2048 {options}", passphrase: "hush-hush"));

        Assert.Contains("encrypted", Assert.Throws<InvalidDataException>(() => SshAgent.OfKeys([("key", text)])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519 AAAA me")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void What_is_no_key_is_refused(string text) => Assert.Throws<InvalidDataException>(() => SshAgent.OfKeys([("key", text)]));

    [Fact]
    public void A_key_that_is_cut_off_anywhere_is_refused()
    {
        string text = File.ReadAllText(MakeKey("ed25519", "", passphrase: ""));
        byte[] content = Convert.FromBase64String(string.Concat(text.Split('\n').Where(line => !line.StartsWith('-'))));

        // What is cut is more than the padding at the end.
        Assert.All(Enumerable.Range(0, content.Length - 40), length => Assert.Throws<InvalidDataException>(
            () => SshAgent.OfKeys([("key", $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Convert.ToBase64String(content, 0, length)}\n-----END OPENSSH PRIVATE KEY-----\n")])));
    }

    private string MakeKey(string type, string options, string passphrase)
    {
        string key = Path.Combine(_directory, "key");
        (int status, string said) = RunWith(
            null, ["ssh-keygen", "-q", "-t", type, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-N", passphrase, "-f", key]);
        Assert.True(status == 0, said);
        return key;
    }

    private SshAgentServer Start(SshAgent agent) =>
        SshAgentServer.Start(agent, Directory.CreateDirectory(Path.Combine(_directory, "socket")).FullName, new InodeRecord(FileType.Socket, 0x180, Credential.EffectiveUid, Credential.EffectiveGid), records: null);

    private static (int Status, string Said) Run(SshAgentServer server, params string[] command) =>
        RunWith(null, ["env", $"SSH_AUTH_SOCK={server.Path}", .. command]);

    private static (int Status, string Said) RunWith(string? input, params string[] command)
    {
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false,
        };
        using Process process = Process.Start(info)!;
        if (input is not null)
            process.StandardInput.Write(File.ReadAllText(input));
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
