// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Layers.Hostile;

/// <summary>What a step leaves behind to mislead the builder.</summary>
public sealed class HostileStepTests
{
    [Fact]
    public void A_step_that_nests_directories_deeper_than_a_path_is_long_is_refused()
    {
        using var tree = new TempTree();
        tree.Handle.MakeDirectory("d"u8, 0x1ED);
        DirectoryHandle at = tree.Handle.OpenDirectory(UnixPath.Clean("d"));
        for (int i = 0; i < 3000; i++)
        {
            at.MakeDirectory("d"u8, 0x1ED);
            DirectoryHandle next = at.OpenDirectory(UnixPath.Clean("d"));
            at.Dispose();
            at = next;
        }
        at.Dispose();
        using var trees = StackTrees.OfLayers([]);

        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<ErrnoException>(
            () => new UpperScan(tree.Handle, new StackView(), trees, OwnerMap.None).Run(CancellationToken.None)).Error);
    }

    [Fact]
    public void A_file_that_became_a_link_before_it_was_written_is_not_followed()
    {
        using var tree = new TempTree();
        tree.AddLink("f", tree.Outside("secret"));

        Assert.Equal(Errno.ELOOP, Assert.Throws<ErrnoException>(() => new FileSource(tree.Handle, UnixPath.Clean("f")).Open()).Error);
    }
}
