// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kiln.Layers;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>What holds for every archive.</summary>
public sealed class TarPropertyTests
{
    private static readonly Gen<string> Names =
        from parts in Gen.Elements("a", "b", "\u00e9", "x y", new string('n', 60), new string('m', 110), new string('l', 200), "=\n", "\t").NonEmptyListOf()
        from joint in Gen.Elements("/", "", "-")
        select string.Join(joint, parts.Take(6));

    private static readonly Gen<LayerEntry> Entries =
        from name in Names
        from type in Gen.Elements(Enum.GetValues<EntryType>())
        from mode in Gen.Choose(0, 0xFFF)
        from ids in Gen.Two(Gen.Elements(0u, 1u, 1000u, 2097151u, 2097152u, uint.MaxValue))
        from size in Gen.Elements(0, 1, 511, 512, 513, 2000)
        from seconds in Gen.Elements(0L, 1L, -1L, 1_700_000_000L, 8589934591L, 8589934592L, -62135596800L)
        from link in Names
        from device in Gen.Choose(0, 4000)
        from xattrs in Gen.Elements(0, 1, 2)
        select new LayerEntry
        {
            Path = UnixPath.Clean(name),
            Type = type,
            Mode = mode,
            Uid = ids.Item1,
            Gid = ids.Item2,
            Size = type == EntryType.File ? size : 0,
            ModifiedTime = new UnixTime(seconds),
            LinkText = type == EntryType.SymbolicLink ? [.. Encoding.UTF8.GetBytes(link)] : [],
            HardLinkTarget = type == EntryType.HardLink ? UnixPath.Clean(link) : UnixPath.Root,
            Device = type is EntryType.CharacterDevice or EntryType.BlockDevice ? new DeviceNumber((uint)device, (uint)device * 7) : default,
            Xattrs = [.. Enumerable.Range(0, xattrs).Select(i => new ExtendedAttribute($"user.a{i}", [0, 10, (byte)i, 61]))],
        };

    [Fact]
    public void What_is_written_is_read_back_the_same_and_written_the_same_twice() => Check(Arb.From(Entries.ArrayOf()), entries =>
    {
        byte[] archive = TarBytes.Write(entries);
        List<(TarEntry Entry, byte[] Content)> read = TarBytes.Read(archive);
        return archive.Length % 512 == 0 && archive.AsSpan().SequenceEqual(TarBytes.Write(entries))
            && read.Select(r => Describe(r.Entry.Metadata)).SequenceEqual(entries.Select(Describe))
            && read.All(r => r.Content.Length == r.Entry.Metadata.Size);
    });

    [Fact]
    public void A_damaged_archive_is_read_or_refused_and_nothing_else()
    {
        byte[][] archives = [.. SeedArchives()];
        var random = new System.Random(0x5EED);
        for (int i = 0; i < 30_000; i++)
        {
            byte[] archive = Damage(archives[random.Next(archives.Length)], random);
            try
            {
                ReadBounded(archive);
            }
            catch (Exception e) when (e is TarException or EndOfStreamException)
            {
            }
        }
    }

    /// <summary>Changes bytes and repairs the checksums behind, or most would be all that is ever tried.</summary>
    private static byte[] Damage(byte[] seed, System.Random random)
    {
        byte[] archive = [.. seed];
        for (int change = random.Next(1, 6); change > 0; change--)
        {
            int place = random.Next(archive.Length);
            archive[place] = (byte)(random.Next(4) switch
            {
                0 => random.Next(256),
                1 => archive[place] ^ (1 << random.Next(8)),
                2 => "0123456789-/\n=, xgLKSD\0\u00ff"[random.Next(24)],
                _ => archive[random.Next(archive.Length)],
            });
        }
        for (int block = 0; block + 512 <= archive.Length; block += 512)
        {
            if (!archive.AsSpan(block + 257, 5).SequenceEqual("ustar"u8))
                continue;
            string sum = Convert.ToString(TarBlock.ComputeChecksum(archive.AsSpan(block, 512)), 8).PadLeft(6, '0') + "\0 ";
            TarBytes.Put(archive, block + 148, sum);
        }
        return random.Next(8) == 0 ? archive[..random.Next(archive.Length)] : archive;
    }

    private static void ReadBounded(byte[] archive)
    {
        var reader = new TarReader(new MemoryStream(archive));
        byte[] buffer = new byte[4096];
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.ReadNext() is not null)
        {
            // A hole may be endless by right: the beginning will do.
            for (int i = 0; i < 4 && reader.Content.Read(buffer) > 0; i++)
            {
            }
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
    }

    private static IEnumerable<byte[]> SeedArchives()
    {
        yield return new TarBytes().Add("dir/", type: '5').Add("dir/file", "content").Add("l", type: '2').Add("h", type: '1').Add("c", type: '3').End();
        yield return new TarBytes().AddPax(("path", "long"), ("mtime", "1.5"), ("size", "7"), ("SCHILY.xattr.user.a", "b")).Add("f", "content").End();
        yield return new TarBytes().Add("././@LongLink", "name\0", 'L').Add("././@LongLink", "link\0", 'K').Add("s", type: '2').Add("V", type: 'V').Add("D/", "Yx\0\0", 'D').End();
        yield return new TarBytes().AddPax(("GNU.sparse.size", "8"), ("GNU.sparse.map", "2,2,7,1"), ("GNU.sparse.name", "f")).Add("f", "abc").End();
        yield return new TarBytes()
            .AddPax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "8"))
            .Add("f", "2\n2\n2\n7\n1\n".PadRight(512, '\0') + "abc").End();
        yield return new TarBytes().Add("f", "abc", 'S', block =>
        {
            TarBytes.Put(block, 257, "ustar  \0");
            TarBytes.Put(block, 386, "00000000002\000000000002\000000000007\000000000001\0");
            TarBytes.Put(block, 483, "00000000010\0");
        }).End();
    }

    private static string Describe(LayerEntry e) =>
        $"{Convert.ToHexString(e.Path.Bytes)} {e.Type} {e.Mode} {e.Uid} {e.Gid} {e.Size} {e.ModifiedTime} {Convert.ToHexString(e.LinkText.AsSpan())} "
        + $"{e.HardLinkTarget} {e.Device} {string.Join(' ', e.Xattrs.Select(a => $"{a.Name}={Convert.ToHexString(a.Value)}"))}";

    private static void Check<T>(Arbitrary<T> values, Func<T, bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(0x5EED, 1), Prop.ForAll(values, holds));
}
