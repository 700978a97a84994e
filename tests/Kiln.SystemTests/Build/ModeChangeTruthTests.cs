// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Kiln.Build.Copying;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>Symbolic modes mean what chmod(1) of coreutils makes of them with a umask of 0.</summary>
[SupportedOSPlatform("linux")]
public sealed class ModeChangeTruthTests
{
    private static readonly int[] Modes = [0, 0x1A4, 0x1ED, 0x1C0, 0x40, 0x80, 0x9ED, 0x5ED, 0x3FF, 0xFFF, 0x124, 0x1];

    [Theory]
    [InlineData("u=rwX,go=rX")]
    [InlineData("a+x")]
    [InlineData("+x")]
    [InlineData("-w")]
    [InlineData("=r")]
    [InlineData("a=")]
    [InlineData("u=")]
    [InlineData("u+s")]
    [InlineData("g+s,o+t")]
    [InlineData("u-s")]
    [InlineData("a-s")]
    [InlineData("+t")]
    [InlineData("u+t")]
    [InlineData("o=t")]
    [InlineData("-t")]
    [InlineData("u=s")]
    [InlineData("g=u")]
    [InlineData("u=g,g=o")]
    [InlineData("o+u")]
    [InlineData("u+rw-x")]
    [InlineData("ug=rwx,o=")]
    [InlineData("a+X")]
    [InlineData("u-x,a+X")]
    [InlineData("go-rwx")]
    [InlineData("u=rwxs,o=rt")]
    [InlineData("=")]
    [InlineData("+")]
    [InlineData("u=rw+x")]
    [InlineData("a=rwxst")]
    public async Task A_change_is_chmod_s(string change)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TempDirectory();
        string[] paths = [.. Modes.SelectMany(mode => new[] { directory.Path($"f{mode}"), directory.Path($"d{mode}") })];
        foreach (string path in paths)
        {
            if (Path.GetFileName(path)[0] == 'd')
                Directory.CreateDirectory(path);
            else
                await File.WriteAllTextAsync(path, "", cancellationToken);
            File.SetUnixFileMode(path, (UnixFileMode)ModeOf(path));
        }

        await Programs.RunAsync(["sh", "-c", "umask 0; exec chmod \"$@\"", "sh", "--", change, .. paths], cancellationToken);

        Assert.True(ModeChange.TryParse(change, out ModeChange? parsed));
        Assert.Equal(
            paths.Select(path => $"{Path.GetFileName(path)} {Octal((int)File.GetUnixFileMode(path))}"),
            paths.Select(path => $"{Path.GetFileName(path)} {Octal(parsed!.Apply(ModeOf(path), Directory.Exists(path)))}"));
    }

    private static int ModeOf(string path) => int.Parse(Path.GetFileName(path)[1..]);

    private static string Octal(int mode) => Convert.ToString(mode, 8);
}
