// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Kiln.Sandbox.Guest.Programs;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest;

public sealed class InitialStackTests
{
    private const ulong Address = 0x7FFFFFF000;

    /// <summary>Two arguments, one variable, and an auxiliary vector of two.</summary>
    private static readonly ulong[] Words = [2, 0x9000, 0x9010, 0, 0x9020, 0, 9, 0xE000, 31, 0x9030, 0, 0];

    private static InitialStack Parse(ulong[] words) => InitialStack.Parse(Address, MemoryMarshal.AsBytes<ulong>(words))!;

    private static ulong Word(StackLayout layout, int index) => BitConverter.ToUInt64(layout.Bytes, index * sizeof(ulong));

    private static string Text(StackLayout layout, ulong address)
    {
        ReadOnlySpan<byte> from = layout.Bytes.AsSpan((int)(address - layout.Address));
        return Encoding.UTF8.GetString(from[..from.IndexOf((byte)0)]);
    }

    [Fact]
    public void Arguments_stay_where_they_are_and_the_auxiliary_vector_tells_what_it_shall()
    {
        StackLayout layout = Parse(Words).Rebuild([], null, "/bin/a"u8.ToArray(), new Dictionary<AuxiliaryKey, ulong> { [AuxiliaryKey.Entry] = 0xF000 });

        Assert.Equal([2, 0x9000, 0x9010, 0, 0x9020, 0, 9, 0xF000, 31], Enumerable.Range(0, 9).Select(index => Word(layout, index)));
        Assert.Equal("/bin/a", Text(layout, Word(layout, 9)));
        Assert.Equal((0x9000UL, 0x9020UL), layout.Arguments);
        Assert.Equal(Address + (ulong)(Words.Length * sizeof(ulong)), layout.Address + (ulong)layout.Bytes.Length);
        Assert.Equal(0UL, layout.Address % 16);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_prefix_takes_the_place_of_the_first_argument(int count)
    {
        byte[][] prefix = [.. Enumerable.Range(0, count).Select(index => Encoding.UTF8.GetBytes($"word{index}"))];
        byte[] later = [.. "later argument\0"u8, 0];

        StackLayout layout = Parse(Words).Rebuild(prefix, later, "/x"u8.ToArray(), new Dictionary<AuxiliaryKey, ulong>());

        Assert.Equal((ulong)count + 1, Word(layout, 0));
        Assert.Equal([.. prefix.Select(Encoding.UTF8.GetString), "later argument"], Enumerable.Range(1, count + 1).Select(index => Text(layout, Word(layout, index))));
        Assert.Equal(Word(layout, 1), layout.Arguments.Start);
        Assert.Equal(Word(layout, count + 1) + (ulong)later.Length, layout.Arguments.End);
        Assert.Equal(0UL, layout.Address % 16);
    }

    [Fact]
    public void A_program_without_arguments_gets_the_prefix_alone()
    {
        ulong[] words = [0, 0, 0, 31, 0x9030, 0, 0];

        StackLayout layout = Parse(words).Rebuild(["word"u8.ToArray()], null, "/x"u8.ToArray(), new Dictionary<AuxiliaryKey, ulong>());

        Assert.Equal((1UL, 0UL, 0UL), (Word(layout, 0), Word(layout, 2), Word(layout, 3)));
    }

    [Fact]
    public void Vectors_without_an_end_are_none()
    {
        for (int length = 0; length < Words.Length - 1; length++)
            Assert.Null(InitialStack.Parse(Address, MemoryMarshal.AsBytes<ulong>(Words.AsSpan(0, length))));
    }
}
