// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Kiln.Cache;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Cache;

/// <summary>Two keys are equal exactly where what they are made of is.</summary>
public sealed class KeyPropertyTests
{
    /// <summary>Short texts of few letters, of which many are nearly the same, and all that a text can be.</summary>
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Elements('a', 'b', '\0', '\ud800').ListOf().Select(letters => string.Concat(letters.Take(4))),
        Gen.Choose(60, 70).Select(length => new string('x', length)),
        Gen.Constant(Digest.Sha256([]).ToString()),
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""));

    private static readonly Gen<KeyPart[]> Parts =
        from names in Texts.ListOf()
        from values in Texts.ListOf()
        select names.Zip(values, KeyPart.Of).Take(5).ToArray();

    [Fact]
    public void Keys_differ_exactly_where_their_parts_do() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Arb.From(Gen.Two(Parts)), pair => CacheKey.Of(pair.Item1) == CacheKey.Of(pair.Item2) == pair.Item1.SequenceEqual(pair.Item2)));

    [Fact]
    public void Parts_differ_exactly_where_their_texts_do() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Arb.From(Gen.Two(Texts)), pair => KeyPart.Of("n", pair.Item1) == KeyPart.Of("n", pair.Item2) == (pair.Item1 == pair.Item2)));

    [Fact]
    public void What_moves_from_one_part_into_its_neighbour_makes_another_key()
    {
        Assert.NotEqual(CacheKey.Of([new("ab", "c")]), CacheKey.Of([new("a", "bc")]));
        Assert.NotEqual(CacheKey.Of([new("a", ""), new("", "")]), CacheKey.Of([new("a", "")]));
        Assert.NotEqual(CacheKey.Of([new("a", "b"), new("c", "d")]), CacheKey.Of([new("c", "d"), new("a", "b")]));
    }

    [Fact]
    public void A_text_that_looks_like_a_digest_is_not_taken_for_what_it_names()
    {
        string text = new('x', 100);

        Assert.NotEqual(KeyPart.Of("n", text), KeyPart.Of("n", KeyPart.Of("n", text).Value));
    }
}
