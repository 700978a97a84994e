// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Kiln.Linux;
using Xunit;

namespace Kiln.Tests.LinuxFiles;

public sealed class UnixPathTests
{
    private static readonly Gen<string> Texts =
        Gen.Elements("a", "b", "ab", "a.b", "a-b", ".", "..", "...", "/", "//", ".a", "\u00e9", " ").ArrayOf().Select(string.Concat);

    [Theory]
    [InlineData("", "")]
    [InlineData("/", "")]
    [InlineData(".", "")]
    [InlineData("..", "")]
    [InlineData("/../../a", "a")]
    [InlineData("/a//./b/../c/", "a/c")]
    [InlineData("a/b/../../..", "")]
    [InlineData("...", "...")]
    [InlineData(".a/..b", ".a/..b")]
    [InlineData("a/../ab/../abc", "abc")]
    public void A_path_is_cleaned_as_if_it_stood_in_a_root(string written, string clean) => Assert.Equal(clean, UnixPath.Clean(written).ToString());

    [Fact]
    public void Names_are_bytes() => Assert.Equal([0xFF, (byte)'/', 0x80], UnixPath.Clean([0xFF, (byte)'/', (byte)'/', 0x80]).Bytes.ToArray());

    [Theory]
    [InlineData("a/b/c", "a/b", "c", 3)]
    [InlineData("a", "", "a", 1)]
    [InlineData("", "", "", 0)]
    public void A_path_has_a_parent_a_name_and_a_depth(string text, string parent, string name, int depth)
    {
        UnixPath path = UnixPath.Clean(text);

        Assert.Equal((parent, name, depth), (path.Parent.ToString(), System.Text.Encoding.UTF8.GetString(path.Name), path.Depth));
        Assert.Equal(depth == 0, path.IsRoot);
    }

    [Theory]
    [InlineData("a/b", "a", true)]
    [InlineData("a", "a", true)]
    [InlineData("ab", "a", false)]
    [InlineData("a", "a/b", false)]
    [InlineData("a", "", true)]
    [InlineData("", "a", false)]
    public void Below_means_by_components(string path, string other, bool below) =>
        Assert.Equal(below, UnixPath.Clean(path).IsAtOrBelow(UnixPath.Clean(other)));

    [Fact]
    public void A_directory_is_followed_by_what_lies_in_it_and_names_are_sorted_bytewise()
    {
        string[] sorted = ["", "A", "a", "a/b", "a/b/c", "a/c", "a b", "a-b", "a.b", "a0", "ab", "\u00e9"];

        Assert.Equal(sorted, sorted.Reverse().Select(UnixPath.Clean).Order().Select(p => p.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/")]
    public void Only_one_component_can_be_appended(string name) =>
        Assert.Throws<ArgumentException>(() => UnixPath.Root.Append(System.Text.Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void A_path_that_is_not_below_has_no_relative_path() =>
        Assert.Throws<ArgumentException>(() => UnixPath.Clean("ab").RelativeTo(UnixPath.Clean("a")));

    [Fact]
    public void Cleaning_twice_changes_nothing_and_leaves_only_proper_components() => Check(Arb.From(Texts), text =>
    {
        UnixPath path = UnixPath.Clean(text);
        return UnixPath.Clean(path.Bytes) == path && path.Depth == path.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries).Count(p => p is not ("." or ".."));
    });

    [Fact]
    public void A_path_is_its_parent_and_its_name_and_what_is_appended_can_be_taken_off() => Check(Arb.From(Gen.Two(Texts)), texts =>
    {
        UnixPath a = UnixPath.Clean(texts.Item1), b = UnixPath.Clean(texts.Item2), both = a.Append(b);
        return (a.IsRoot || a.Parent.Append(a.Name) == a) && both.IsAtOrBelow(a) && both.RelativeTo(a) == b && both.CompareTo(a) >= 0;
    });

    [Fact]
    public void The_order_is_that_of_the_components() => Check(Arb.From(Gen.Two(Texts)), texts =>
    {
        UnixPath a = UnixPath.Clean(texts.Item1), b = UnixPath.Clean(texts.Item2);
        int expected = CompareComponents(a.ToString(), b.ToString());
        return Math.Sign(a.CompareTo(b)) == expected && a.Equals(b) == (expected == 0) && (expected != 0 || a.GetHashCode() == b.GetHashCode());
    });

    private static int CompareComponents(string a, string b)
    {
        string[] x = a.Split('/', StringSplitOptions.RemoveEmptyEntries), y = b.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < Math.Min(x.Length, y.Length); i++)
            if (string.CompareOrdinal(x[i], y[i]) is not 0 and var order)
                return Math.Sign(order);
        return x.Length.CompareTo(y.Length);
    }

    private static void Check<T>(Arbitrary<T> values, Func<T, bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(0x5EED, 1), Prop.ForAll(values, holds));
}
