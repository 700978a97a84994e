// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Expansion;
using Xunit;

namespace Kiln.Tests.Dockerfile;

public sealed class WordExpanderTests
{
    [Theory]
    [InlineData(@"a\b", "ab")]
    [InlineData(@"""a\b""", @"a\b")]
    [InlineData(@"""a\""b""", "a\"b")]
    [InlineData(@"'a\b'", @"a\b")]
    [InlineData(@"x\", "x")]
    [InlineData("a$", "a$")]
    [InlineData("$$", "")]
    [InlineData("$1", "")]
    [InlineData("$12a", "a")]
    [InlineData("$(ls)", "$(ls)")]
    [InlineData("$A_", "")]
    [InlineData("${A}_", "foo.bar.baz_")]
    [InlineData("${A#*.}", "bar.baz")]
    [InlineData("${A##*.}", "baz")]
    [InlineData("${A%.*}", "foo.bar")]
    [InlineData("${A%%.*}", "foo")]
    [InlineData("${A/./_}", "foo_bar.baz")]
    [InlineData("${A//./_}", "foo_bar_baz")]
    [InlineData("${A/o*b/X}", "fXaz")]
    [InlineData("${A/#f/X}", "foo.bar.baz")]
    [InlineData("${A#[f]}", "foo.bar.baz")]
    [InlineData(@"${A//o/\/}", @"f\/\/.bar.baz")]
    [InlineData("${A//foo/$0}", ".bar.baz")]
    [InlineData("${A//(foo)/x}", "foo.bar.baz")]
    [InlineData("${U:-d$A}", "dfoo.bar.baz")]
    [InlineData("${B-d}", "")]
    [InlineData("${B:-d}", "d")]
    [InlineData("${B+x}", "x")]
    [InlineData("${B:+x}", "")]
    [InlineData("${A#?}", "oo.bar.baz")]
    [InlineData("${A%?}", "foo.bar.ba")]
    [InlineData("${A#x}", "foo.bar.baz")]
    [InlineData(@"${A#\*}", "foo.bar.baz")]
    [InlineData("${A///x}", "xfxoxox.xbxaxrx.xbxaxzx")]
    [InlineData("${A//*/x}", "x")]
    [InlineData("${A/'o'/\"0\"}", "f0o.bar.baz")]
    [InlineData("\uFEFFx", "x")]
    public void A_word_expands_to(string word, string expected) => Assert.Equal(expected, Expand(word).Text);

    [Theory]
    [InlineData("${U?}", "U: is not allowed to be unset")]
    [InlineData("${B:?}", "B: is not allowed to be empty")]
    [InlineData("${U?a b}", "U: a b")]
    [InlineData("${A^}", "unsupported modifier (^) in substitution")]
    [InlineData("${A,,}", "unsupported modifier (,) in substitution")]
    [InlineData("${A:=x}", "unsupported modifier (:=) in substitution")]
    [InlineData("${A@Q}", "unsupported modifier (@) in substitution")]
    [InlineData("${A:0:1}", "unsupported modifier (:0) in substitution")]
    [InlineData("${#A}", "unsupported modifier (A) in substitution")]
    [InlineData("${!A}", "unsupported modifier (A) in substitution")]
    [InlineData("${A:#x}", "unsupported modifier (:#) in substitution")]
    [InlineData("${}", "syntax error: bad substitution")]
    [InlineData("${", "syntax error: missing '}'")]
    [InlineData("${A:-b", "syntax error: missing '}'")]
    [InlineData("${A", "unsupported modifier (\uFFFD) in substitution")]
    [InlineData("${A/foo}", "syntax error: missing '/' in ${}")]
    [InlineData(@"${A#\x}", @"invalid pattern (\x) in substitution: invalid escape '\x'")]
    [InlineData("it's", "unexpected end of statement while looking for matching single-quote")]
    [InlineData("\"x", "unexpected end of statement while looking for matching double-quote")]
    public void A_word_that_cannot_be_read_is_named(string word, string expected)
    {
        Diagnostic error = Assert.Throws<BuildException>(() => Expand(word)).Diagnostic;

        Assert.Equal($"failed to process \"{word}\": {expected}", error.Message);
    }

    [Fact]
    public void The_names_that_were_used_are_told_apart()
    {
        ExpandedWord word = Expand("$A-${U:-$V}-$B");

        Assert.Equal(["A", "B"], word.Set);
        Assert.Equal(["U", "V"], word.Unset);
    }

    [Fact]
    public void A_dollar_sign_from_a_variable_is_a_group_in_the_replacement_of_all_but_not_of_one()
    {
        string? Lookup(string name) => name is "R" ? "<$0$1${x}$$>" : "aa";

        Assert.Equal("<a$><a$>", new WordExpander('\\').Expand("${V//a/$R}", Lookup, span: null).Text);
        Assert.Equal("<$0$1${x}$$>a", new WordExpander('\\').Expand("${V/a/$R}", Lookup, span: null).Text);
    }

    [Theory]
    [InlineData(@"a\nb", "anb")]
    [InlineData(@"\\", @"\")]
    [InlineData(@"\$A", "$A")]
    [InlineData("x\\\ny", "x\ny")]
    [InlineData("it's \"$A\"", "it's \"foo.bar.baz\"")]
    [InlineData("$5", "")]
    public void The_body_of_a_heredoc_expands_to(string body, string expected) =>
        Assert.Equal(expected, new WordExpander('`').ExpandHeredocBody(body, Lookup, span: null).Text);

    [Fact]
    public void A_backtick_can_be_the_escape_character() =>
        Assert.Equal(@"$A\b", new WordExpander('`').Expand(@"`$A\b", Lookup, span: null).Text);

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<BuildException>(() => Expand(string.Concat(Enumerable.Repeat("${U:-", 100_000))));

    private static ExpandedWord Expand(string word) => new WordExpander('\\').Expand(word, Lookup, span: null);

    private static string? Lookup(string name) => name switch
    {
        "A" => "foo.bar.baz",
        "B" => "",
        _ => null,
    };
}
