// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Xunit;
using static Kiln.Tests.Build.Copies;

namespace Kiln.Tests.Build;

public sealed class CopyParentsTests
{
    private static readonly MemoryTree Source = new MemoryTree().Dir("a", 0x1E8, owner: 3).File("a/b/one.txt", "1").File("a/b/two.md", "2").File("a/c/one.txt", "3");

    [Fact]
    public void The_directories_of_a_source_are_kept_with_their_modes_and_the_time_of_now() =>
        Assert.Equal(
            "new/ 755 0:0 @100\nnew/a/ 750 3:3 @100\nnew/a/b/ 700 0:0 @100\nnew/a/b/one.txt 600 0:0 @5 \"1\"", CopyToNew("a/b/one.txt"));

    [Fact]
    public void A_pivot_cuts_what_is_left_of_it() =>
        Assert.Equal("new/ 755 0:0 @100\nnew/b/ 700 0:0 @100\nnew/b/one.txt 600 0:0 @5 \"1\"", CopyToNew("a/./b/one.txt"));

    [Fact]
    public void A_double_star_goes_through_directories() =>
        Assert.Equal(
            "new/ 755 0:0 @100\nnew/b/ 700 0:0 @100\nnew/b/one.txt 600 0:0 @5 \"1\"\nnew/c/ 700 0:0 @100\nnew/c/one.txt 600 0:0 @5 \"3\"",
            CopyToNew("a/./**/*.txt"));

    [Fact]
    public void A_pattern_without_a_match_still_makes_the_destination() => Assert.Equal("new/ 755 0:0 @100", CopyToNew("a/*.none"));

    [Fact]
    public void A_path_that_is_not_there_is_named() => Assert.Equal("\"/a/none\": not found", Refusal(() => CopyToNew("a/none")));

    [Fact]
    public void Excludes_hold_for_files_from_the_pivot_on() =>
        Assert.Equal(
            "new/ 755 0:0 @100\nnew/b/ 700 0:0 @5\nnew/b/one.txt 600 0:0 @5 \"1\"",
            CopyWithParents(new StackView(), To("/new/").Excluding("b/*.md"), Source, "a/./b"));

    private static string CopyToNew(params string[] paths) => CopyWithParents(new StackView(), To("/new/"), Source, paths);
}
