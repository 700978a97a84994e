// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;

namespace Kiln.Sandbox.Mounts;

/// <summary>The two files that a program finds other machines with.</summary>
public static class NameFiles
{
    private const int Mode = 0x1A4; // 0644

    /// <summary>`/etc/hosts`: the loopback names, the sandbox's own name, and `IP NAME` lines that were asked for.</summary>
    public static FileMount Hosts(string hostName, IEnumerable<string> extraLines)
    {
        var text = new StringBuilder("127.0.0.1\tlocalhost ").Append(hostName)
            .Append("\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        foreach (string line in extraLines)
            text.Append(line).Append('\n');
        return At("etc/hosts", Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>`/etc/resolv.conf` with the text of the machine's own.</summary>
    public static FileMount Resolver(ReadOnlyMemory<byte> content) => At("etc/resolv.conf", content);

    private static FileMount At(string path, ReadOnlyMemory<byte> content) =>
        new() { Target = UnixPath.Clean(path), Content = content, Mode = Mode, Writable = true };
}
