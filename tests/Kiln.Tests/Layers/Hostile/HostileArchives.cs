// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Tests.Layers.Hostile;

/// <summary>The table of archives that mean harm: names and links here, headers and packings beside.</summary>
internal static partial class HostileArchives
{
    internal static Dictionary<string, HostileArchive> All { get; } = Names.Concat(Headers).Concat(Packings).ToDictionary();

    private static Dictionary<string, HostileArchive> Names => new()
    {
        ["a name that climbs"] = Plain(
            _ => Tar().Add("../out/secret", "x"),
            "out/ out/secret",
            "refused: the archive's entry `../out/secret` leads out of the destination (breakout)"),
        ["a name that climbs from within"] = Plain(
            _ => Tar().Add("a/../../../out/new", "x"),
            "out/ out/new",
            "refused: the archive's entry `a/../../../out/new` leads out of the destination (breakout)"),
        ["a name that climbs and comes back"] = Plain(
            _ => Tar().Add("a/b/../../c", "x"),
            "c",
            "new/ new/c"),
        ["a name of climbing alone"] = Plain(
            _ => Tar().Add("..", type: '5').Add("../..", type: '5').Add("a/..", type: '5').Add("f", "x"),
            "f",
            "refused: the archive's entry `..` leads out of the destination (breakout)"),
        ["an absolute name"] = Plain(
            outside => Tar().AddPax(("path", outside + "/secret")).Add("x", "x").Add("/f", "x"),
            "f OUTSIDE/ OUTSIDE/secret",
            "new/ new/f new/OUTSIDE/ new/OUTSIDE/secret"),
        ["an absolute GNU name"] = Plain(
            outside => Tar().Add("././@LongLink", outside + "/secret\0", 'L').Add("x", "x"),
            "OUTSIDE/ OUTSIDE/secret",
            "new/ new/OUTSIDE/ new/OUTSIDE/secret"),
        ["a prefix that is absolute"] = Plain(
            _ => Tar().Add("secret", "x", change: b => TarBytes.Put(b, 345, "/etc")),
            "etc/ etc/secret",
            "new/ new/etc/ new/etc/secret"),
        ["a prefix that climbs"] = Plain(
            _ => Tar().Add("secret", "x", change: b => TarBytes.Put(b, 345, "../out")),
            "out/ out/secret",
            "refused: the archive's entry `../out/secret` leads out of the destination (breakout)"),
        ["names that are one when cleaned"] = Plain(
            _ => Tar().Add("a//b", "1").Add("a/./b", "22").Add("./a/b/.", "333").Add("a/b", "4444"),
            "a/ a/b",
            "new/ new/a/ new/a/b"),
        ["a directory with many slashes, and a file of its name"] = Plain(
            _ => Tar().Add("d///", type: '5').Add("d", "x"),
            "d",
            "new/ new/d"),
        ["names that differ in case"] = Plain(
            _ => Tar().Add("File", "1").Add("file", "2").Add("FILE/x", "3"),
            "FILE/ FILE/x File file",
            "new/ new/FILE/ new/FILE/x new/File new/file"),
        ["a name with a NUL"] = Plain(
            _ => Tar().AddPax(("path", "a\0/../../out/secret")).Add("x", "x"),
            "refused: the pax record `path` holds a NUL",
            "new"),
        ["a GNU name with a NUL"] = Plain(
            _ => Tar().Add("././@LongLink", "a\0../../out/secret\0", 'L').Add("x", "x"),
            "a",
            "new/ new/a"),
        ["a name with a newline"] = Plain(
            _ => Tar().AddPax(("path", "a\nb\n10 path=c\n")).Add("x", "x"),
            "a\nb\n10 path=c\n",
            "new/ new/a\nb\n10 path=c\n"),
        ["a name of control characters"] = Plain(
            _ => Tar().AddPax(("path", "\u001b[2J\u0007")).Add("x", "x"),
            "\u001b[2J",
            "new/ new/\u001b[2J"),
        ["a name that is no UTF-8"] = Plain(
            _ => Tar().Add("x", "x", change: b => (b[0], b[1]) = (0xFF, 0xFE)),
            "��",
            "new/ new/��"),
        ["a name of 256 bytes"] = Plain(
            _ => Tar().AddPax(("path", new string('n', 256))).Add("x", "x"),
            "refused: a path, or where links lead it, has more than 4095 bytes, or a name in it more than 255",
            "refused: the archive holds a path of more than 4095 bytes in the image, or a name of more than 255"),
        ["a path of over 4096 bytes"] = Plain(
            _ => Tar().AddPax(("path", Deep(2100))).Add("x", "x"),
            "refused: a path is longer than 4095 bytes",
            "new"),
        ["a path of 2000 directories"] = Plain(
            _ => Tar().AddPax(("path", Deep(2000))).Add("x", "x").Add(".wh.d"),
            "d/ d/d/ d/d/d/ d/d/d/d/ d/d/d/d/d/ d/d/d/d/d/d/ d/... (4003998 characters)",
            "new/ new/.wh.d new/d/ new/d/d/ new/d/d/d/ new/d/d/... (4012013 characters)"),
        ["an empty name"] = Plain(
            _ => Tar().Add("", "x").Add("f", "x"),
            "f",
            "new/ new/f"),
        ["the root as a file"] = Plain(
            _ => Tar().Add("/", type: '1', change: b => TarBytes.Put(b, 157, "f")).Add(".", "x").Add("f", "x"),
            "f",
            "new/ new/f"),
        ["the root as a link"] = Plain(
            outside => LinkTo(".", outside).Add("secret", "x"),
            "secret",
            "new/ new/secret"),
        ["the root as a whiteout"] = Plain(
            _ => Tar().Add("f", "x").Add(".wh.").Add(".wh..").Add(".wh..."),
            "f",
            "new/ new/.wh. new/.wh.. new/.wh... new/f"),
        ["an opaque root"] = Plain(
            _ => Tar().Add("f", "x").Add(".wh..wh..opq").Add("g", "x"),
            "f g",
            "new/ new/.wh..wh..opq new/f new/g"),
        ["a whiteout that climbs"] = Plain(
            _ => Tar().Add("../out/.wh.secret").Add("../.wh.out").Add("../out/.wh..wh..opq").Add("f", "x"),
            "f",
            "refused: the archive's entry `../out/.wh.secret` leads out of the destination (breakout)"),
        ["a whiteout that is a directory"] = Plain(
            _ => Tar().Add("f", "x").Add(".wh.f/", type: '5').Add(".wh.f/x", "x"),
            ".wh.f/ .wh.f/x f",
            "new/ new/.wh.f/ new/.wh.f/x new/f"),
        ["a whiteout that is a link"] = Plain(
            outside => LinkTo(".wh.f", outside, Tar().Add("f", "x")),
            "f",
            "new/ new/.wh.f new/f"),
        ["a whiteout of a whiteout"] = Plain(
            _ => Tar().Add(".wh..wh.f").Add(".wh..wh..wh.f").Add("f", "x"),
            "f",
            "new/ new/.wh..wh..wh.f new/.wh..wh.f new/f"),
        ["a whiteout behind a link"] = Plain(
            outside => LinkTo("l", outside).Add("l/.wh.secret").Add("l/.wh..wh..opq"),
            "l",
            "new/ new/l OUTSIDE/ OUTSIDE/.wh..wh..opq OUTSIDE/.wh.secret"),
        ["an entry behind a link"] = Plain(
            outside => LinkTo("l", outside).Add("l/secret", "x").Add("l/new", "x"),
            "l OUTSIDE/ OUTSIDE/new OUTSIDE/secret",
            "new/ new/l OUTSIDE/ OUTSIDE/new OUTSIDE/secret"),
        ["an entry behind a link that climbs"] = Plain(
            _ => LinkTo("a/b/l", "../../../../out").Add("a/b/l/secret", "x"),
            "a/ a/b/ a/b/l out/ out/secret",
            "new/ new/a/ new/a/b/ new/a/b/l out/ out/secret"),
        ["an entry behind two links"] = Plain(
            outside => LinkTo("two", "one/out", LinkTo("one", outside + "/..")).Add("two/secret", "x"),
            "one OUTSIDE/ OUTSIDE/secret two",
            "new/ new/one new/two OUTSIDE/ OUTSIDE/secret"),
        ["a directory that became a link"] = Plain(
            outside => LinkTo("d", outside, Tar().Add("d/f", "x")).Add("d/secret", "x"),
            "d OUTSIDE/ OUTSIDE/secret",
            "new/ new/d OUTSIDE/ OUTSIDE/secret"),
        ["a link that became a directory"] = Plain(
            outside => LinkTo("d", outside).Add("d/", type: '5', change: b => TarBytes.Put(b, 100, "0000777")).Add("d/f", "x"),
            "d/ d/f",
            "new/ new/d/ new/d/f"),
        ["a link that became a file"] = Plain(
            outside => LinkTo("l", outside + "/secret").Add("l", "x"),
            "l",
            "new/ new/l"),
        ["links in a loop"] = Plain(
            _ => LinkTo("one", "two", LinkTo("two", "one")).Add("one/x", "x"),
            "one/ one/x two",
            "refused: mkdir `/new/one`: not a directory"),
        ["a link to itself"] = Plain(
            _ => LinkTo("l", "l/l/l").Add("l/l", "x"),
            "l/ l/l",
            "refused: mkdir `/new/l`: not a directory"),
        ["a chain of 41 links"] = Plain(
            _ => Enumerable.Range(0, 41).Aggregate(Tar(), (t, i) => LinkTo($"l{i}", $"l{i + 1}", t)).Add("l0/x", "x"),
            "l0/ l0/x l1 l10 l11 l12 l13 l14 l15 l16 l17 l18 l19 l2 l20 l21 l22 l23 l24 l25 l26 l27 l28 l29 l3 l30 l31 l32 l33 l34 l35 l36 l37 l38 l39 l4 l40 l5 l6 l7 l8 l9",
            "refused: mkdir `/new/l0`: not a directory"),
        ["a link without a text"] = Plain(
            _ => Tar().Add("l", type: '2'),
            "refused: the symbolic link `l` leads nowhere",
            "refused: the archive's symbolic link `/new/l` leads nowhere"),
        ["a link with a text of over 4095 bytes"] = Plain(
            _ => LinkTo("l", new string('a', 4096)),
            "refused: the link `l` leads to a path of more than 4095 bytes",
            "new"),
        ["a link through one path twice as long"] = Plain(
            _ => LinkTo("l", Wide(), Tar()).AddPax(("path", "l/" + Wide())).Add("x", "x"),
            "refused: a path, or where links lead it, has more than 4095 bytes, or a name in it more than 255",
            "refused: the archive holds a path of more than 4095 bytes in the image, or a name of more than 255"),
        ["a hard link out"] = Plain(
            outside => Hard("h", outside + "/secret").Add("h", "x"),
            "h",
            "refused: the archive links `/new/h` to its `/OUTSIDE/secret`, which is no file that it holds"),
        ["a hard link that climbs"] = Plain(
            _ => Hard("h", "../out/secret"),
            "",
            "refused: the archive links `/new/h` to its `/out/secret`, which is no file that it holds"),
        ["a hard link behind a link"] = Plain(
            outside => Hard("h", "l/secret", LinkTo("l", outside)).Add("h", "x"),
            "h l",
            "refused: the archive links `/new/h` to its `/l/secret`, which is no file that it holds"),
        ["a hard link to a link out, written"] = Plain(
            outside => Hard("h", "l", LinkTo("l", outside + "/secret")).Add("h", "x"),
            "h l",
            "new/ new/h new/l"),
        ["a hard link to itself"] = Plain(
            _ => Hard("h", "h"),
            "",
            "refused: the archive links `/new/h` to its `/h`, which is no file that it holds"),
        ["a hard link to a directory"] = Plain(
            _ => Hard("h", "d", Tar().Add("d/", type: '5')),
            "d/",
            "refused: the archive links `/new/h` to its `/d`, which is no file that it holds"),
        ["a hard link to the root"] = Plain(
            _ => Hard("h", "/"),
            "",
            "refused: the archive links `/new/h` to its `/`, which is no file that it holds"),
        ["a hard link to a whiteout"] = Plain(
            _ => Hard("h", ".wh.f", Tar().Add(".wh.f")),
            "",
            "new/ new/.wh.f new/h"),
        ["a hard link to a device"] = Plain(
            _ => Hard("h", "c", Tar().Add("c", type: '3', change: b => TarBytes.Put(b, 329, "0000001"))),
            "c h",
            "new/ new/c new/h"),
        ["a hard link in place of its directory"] = Plain(
            _ => Hard("d", "d/f", Tar().Add("d/f", "x")),
            "d/ d/f",
            "new/ new/d"),
        ["a hard link to what comes later"] = Plain(
            _ => Hard("h", "f").Add("f", "x"),
            "f",
            "refused: the archive links `/new/h` to its `/f`, which is no file that it holds"),
        ["a file below a file"] = Plain(
            _ => Tar().Add("f", "x").Add("f/g", "x").Add("f/g/h", "x"),
            "f/ f/g/ f/g/h",
            "refused: mkdir `/new/f`: not a directory"),
        ["a file below a device"] = Plain(
            _ => Tar().Add("c", type: '3').Add("c/f", "x"),
            "c/ c/f",
            "refused: mkdir `/new/c`: not a directory"),
        ["a device that is a whiteout to overlay"] = Plain(
            _ => Tar().Add("f", "x").Add("f", type: '3'),
            "f",
            "new/ new/f"),
        ["a device with huge numbers"] = Plain(
            _ => Tar().Add("c", type: '4', change: b => TarBytes.Put(b, 329, "7777777")),
            "c",
            "new/ new/c"),
        ["a pipe with a content"] = Plain(
            _ => Tar().Add("c", "x", '6', b => TarBytes.Put(b, 124, "00000001000")),
            "refused: a header's checksum is wrong",
            "refused: the archive cannot be unpacked: a header's checksum is wrong"),
        ["overlay's attributes"] = Plain(
            _ => Tar().AddPax(("SCHILY.xattr.user.overlay.redirect", "/../out"), ("SCHILY.xattr.trusted.overlay.opaque", "y")).Add("d/", type: '5').Add("d/f", "x"),
            "d/ d/f",
            "new/ new/d/ new/d/f"),
        ["a file in place of the directory it is in"] = Plain(
            _ => Tar().Add("d/e/f", "x").Add("d/e", "y").Add("d", "z"),
            "d",
            "new/ new/d"),
    };

    private static HostileArchive Plain(Func<string, TarBytes> make, string layer, string added) =>
        new(outside => make(outside).End(), layer, added);

    private static TarBytes Tar() => new();

    private static string Deep(int depth) => string.Join('/', Enumerable.Repeat("d", depth));

    /// <summary>A path of 2499 bytes and few directories.</summary>
    private static string Wide() => string.Join('/', Enumerable.Repeat(new string('w', 249), 10));

    private static TarBytes LinkTo(string name, string target, TarBytes? before = null) => (before ?? Tar()).AddPax(("linkpath", target)).Add(name, type: '2');

    private static TarBytes Hard(string name, string target, TarBytes? before = null) => (before ?? Tar()).AddPax(("linkpath", target)).Add(name, type: '1');

    private static byte[] Ascii(string text) => Encoding.Latin1.GetBytes(text);
}
