// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Layers;

/// <summary>An overlay of trees in a mount namespace of its own, and a script that was run in it. Ends with its owner.</summary>
internal sealed class OverlayMount : IDisposable
{
    private readonly Process _process;

    private OverlayMount(Process process, string upper, string root)
    {
        _process = process;
        Upper = DirectoryHandle.Open(upper);
        Root = DirectoryHandle.Open(root);
    }

    public DirectoryHandle Upper { get; }

    /// <summary>What a process in it sees.</summary>
    public DirectoryHandle Root { get; }

    /// <summary>Skips the test where nobody may mount.</summary>
    public static OverlayMount Start(ScratchDirectory place, StackTrees trees, string script = "")
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Programs.Has("unshare"), "mounting an overlay takes root and unshare(1)");
        string[] folders = [.. new[] { "upper", "work", "mnt" }.Select(place.Path)];
        foreach (string folder in folders)
            Directory.CreateDirectory(folder);
        string options = $"userxattr,lowerdir={string.Join(':', trees.Paths.Reverse())},upperdir={folders[0]},workdir={folders[1]}";
        var info = new ProcessStartInfo("unshare", ["-m", "sh", "-e", "-c", $"mount -t overlay overlay -o {options} {folders[2]}; cd {folders[2]}; {script}\necho ready; cat"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(info)!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return new OverlayMount(process, folders[0], $"/proc/{process.Id}/root{folders[2]}");
    }

    public void Dispose()
    {
        Root.Dispose();
        Upper.Dispose();
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
