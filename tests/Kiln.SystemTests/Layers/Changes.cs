// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Linux.Files;
using static Kiln.SystemTests.Layers.LayerFiles;

namespace Kiln.SystemTests.Layers;

/// <summary>The table of changes that every way of finding changes has to find alike.</summary>
internal static class Changes
{
    internal static readonly DeltaEntry[] Base =
    [
        Dir("d"), File("d/a", "a"), File("d/b", "b", 0x9ED), Dir("d/sub"), File("d/sub/x", "x"), Dir("d/sub/deep"), File("d/sub/deep/y", "y"), Dir("e"),
        File("cap", "f", xattrs: Capability), File("g", "g"), Link("l", "d"), Link("l2", "g"), File("one", "1"), Hard("two", "one"),
        Node("fifo", EntryType.Fifo), Node("null", EntryType.CharacterDevice, 1, 3), File("big", new string('x', 100_000)), Dir("locked", 0x140),
        File("locked/in", "in", 0), File("attr", "a", xattrs: new ExtendedAttribute("user.a", [1])),
    ];

    /// <summary>On top: a file changed, one gone, a directory with something more in it, a hard link into the layer below.</summary>
    internal static readonly DeltaEntry[] Second = [File("d/b", "bb"), File("d/sub/.wh.x"), File("e/second", "s"), Hard("e/lower", "big")];

    internal static Dictionary<string, Change> All { get; } = new()
    {
        ["nothing"] = new(
            "",
            ""),
        ["a file made"] = new(
            "echo new > n",
            "n 644 0:0 4 bytes @now"),
        ["an empty directory made"] = new(
            "mkdir n",
            "n 755 0:0 directory @now"),
        ["directories made in each other"] = new(
            "mkdir -p n/o/p; echo x > n/o/p/f",
            "n 755 0:0 directory @now | n/o 755 0:0 directory @now | n/o/p 755 0:0 directory @now | n/o/p/f 644 0:0 2 bytes @now"),
        ["a file changed"] = new(
            "echo more >> g",
            "g 644 3:4 6 bytes @now"),
        ["a file changed and its time set back"] = new(
            "printf G > g; touch -d @1500000001 g",
            "g 644 3:4 1 bytes @1500000001"),
        ["a file written with what it held"] = new(
            "printf g > g; touch -d @1500000001 g",
            "",
            "g 644 3:4 1 bytes @1500000001"),
        ["a mode"] = new(
            "chmod 600 g",
            "g 600 3:4 1 bytes @1500000001"),
        ["special bits"] = new(
            "chmod 4755 g; chmod 2755 d/a; chmod 1777 e",
            "d 755 5:6 directory @1500000001 | d/a 2755 3:4 1 bytes @1500000003 | e 1777 5:6 directory @1500000001 | g 4755 3:4 1 bytes @1500000001"),
        ["the mode of a directory"] = new(
            "chmod 700 d/sub",
            "d 755 5:6 directory @1500000001 | d/sub 700 5:6 directory @1500000005"),
        ["an owner"] = new(
            "chown 42:43 g",
            "g 644 42:43 1 bytes @1500000001"),
        ["an owner of more than 21 bits"] = new(
            "chown 3000000:4000000 g",
            "g 644 3000000:4000000 1 bytes @1500000001"),
        ["the owner of a link"] = new(
            "chown -h 42:43 l",
            "l 777 42:43 -> d @1500000001"),
        ["the owner of a directory"] = new(
            "chown 42 d/sub",
            "d 755 5:6 directory @1500000001 | d/sub 755 42:6 directory @1500000005"),
        ["an owner takes the set-uid bit away"] = new(
            "chmod 4755 g; chown 42 g",
            "g 755 42:4 1 bytes @1500000001"),
        ["a time"] = new(
            "touch -d @1234567890 g",
            "g 644 3:4 1 bytes @1234567890"),
        ["a time before 1970"] = new(
            "touch -d @-86400 g",
            "g 644 3:4 1 bytes @-86400"),
        ["a time with nanoseconds"] = new(
            "touch -d @1234567890.123456789 g",
            "g 644 3:4 1 bytes @1234567890"),
        ["the time of a link"] = new(
            "touch -h -d @1234567890 l",
            "l 777 7:8 -> d @1234567890"),
        ["the time of a directory is no change"] = new(
            "touch -d @1234567890 e",
            ""),
        ["the time of a directory, where something in it changed"] = new(
            "chmod 600 d/a; touch -d @1234567890 d",
            "d 755 5:6 directory @1234567890 | d/a 600 3:4 1 bytes @1500000003"),
        ["an attribute is no change"] = new(
            "setfattr -n user.x -v y g; setfattr -n user.y -v z e; setfattr -x user.a attr",
            "",
            "attr 644 3:4 1 bytes @1500000004 | g 644 3:4 1 bytes @1500000001"),
        ["a capability"] = new(
            "setcap cap_net_raw+ep g",
            "g 644 3:4 1 bytes @1500000001 security.capability=0100000200200000000000000000000000000000"),
        ["a capability of a user namespace's root"] = new(
            "setfattr -n security.capability -v 0x0100000300200000000000000000000000000000e8030000 g",
            "g 644 3:4 1 bytes @1500000001 security.capability=0100000300200000000000000000000000000000E8030000"),
        ["a capability taken away"] = new(
            "setfattr -x security.capability cap",
            "cap 644 3:4 1 bytes @1500000003"),
        ["a capability lost by writing"] = new(
            "echo x >> cap",
            "cap 644 3:4 3 bytes @now"),
        ["a capability lost by an owner"] = new(
            "chown 9:9 cap",
            "cap 644 9:9 1 bytes @1500000003"),
        ["a hard link to a file from below"] = new(
            "ln g g2",
            "g 644 3:4 1 bytes @1500000001 | g2 644 3:4 = g @1500000001"),
        ["hard links across directories"] = new(
            "echo 1 > n; ln n d/n2; ln n e/n3",
            "d 755 5:6 directory @now | d/n2 644 0:0 2 bytes @now | e 755 5:6 directory @now | e/n3 644 0:0 = d/n2 @now | n 644 0:0 = d/n2 @now"),
        ["hard links of which the first is gone"] = new(
            "echo 1 > n; ln n d/n2; ln n e/n3; rm n",
            "d 755 5:6 directory @now | d/n2 644 0:0 2 bytes @now | e 755 5:6 directory @now | e/n3 644 0:0 = d/n2 @now"),
        ["a hard link before and behind its file"] = new(
            "ln g a-before; ln g z-behind",
            "a-before 644 3:4 1 bytes @1500000001 | g 644 3:4 = a-before @1500000001 | z-behind 644 3:4 = a-before @1500000001"),
        ["one of two names from below is removed"] = new(
            "rm one",
            ".wh.one 0 0:0 0 bytes @0",
            ".wh.one 0 0:0 0 bytes @0 | two 644 3:4 1 bytes @1500000003"),
        ["one of two names from below is changed"] = new(
            "chmod 600 one",
            "one 600 3:4 1 bytes @1500000003",
            "one 600 3:4 1 bytes @1500000003 | two 600 3:4 = one @1500000003"),
        ["both names from below are removed"] = new(
            "rm one two",
            ".wh.one 0 0:0 0 bytes @0 | .wh.two 0 0:0 0 bytes @0"),
        ["a third name for two from below"] = new(
            "ln one three",
            "one 644 3:4 1 bytes @1500000003 | three 644 3:4 = one @1500000003",
            "one 644 3:4 1 bytes @1500000003 | three 644 3:4 = one @1500000003 | two 644 3:4 = one @1500000003"),
        ["hard links to a link, a pipe and a device"] = new(
            "ln -s x s; ln s s2; mkfifo p; ln p p2; mknod c c 5 6; ln c c2",
            "c 644 0:0 CharacterDevice 5:6 @now | c2 644 0:0 = c @now | p 644 0:0 pipe @now | p2 644 0:0 = p @now | s 777 0:0 -> x @now | s2 777 0:0 = s @now"),
        ["a hard link that replaces a file"] = new(
            "ln -f g d/a",
            "d 755 5:6 directory @now | d/a 644 3:4 1 bytes @1500000001 | g 644 3:4 = d/a @1500000001"),
        ["a hard link to a file that a layer linked from below"] = new(
            "chmod 600 e/lower",
            "e 755 5:6 directory @1500000001 | e/lower 600 3:4 100000 bytes @1500000003",
            "big 600 3:4 100000 bytes @1500000003 | e 755 5:6 directory @1500000001 | e/lower 600 3:4 = big @1500000003"),
        ["devices and pipes made"] = new(
            "mknod c c 7 8; mknod b b 259 65536; mkfifo p; chmod 640 b",
            "b 640 0:0 BlockDevice 259:65536 @now | c 644 0:0 CharacterDevice 7:8 @now | p 644 0:0 pipe @now"),
        ["a device replaced by another"] = new(
            "rm null; mknod null c 1 5",
            "null 644 0:0 CharacterDevice 1:5 @now"),
        ["a device's mode"] = new(
            "chmod 600 null fifo",
            "fifo 600 9:10 pipe @1500000004 | null 600 9:10 CharacterDevice 1:3 @1500000004"),
        ["a file removed"] = new(
            "rm g",
            ".wh.g 0 0:0 0 bytes @0"),
        ["a file removed that the second layer made"] = new(
            "rm e/second",
            "e 755 5:6 directory @now | e/.wh.second 0 0:0 0 bytes @0"),
        ["a file removed that the second layer changed"] = new(
            "rm d/b",
            "d 755 5:6 directory @now | d/.wh.b 0 0:0 0 bytes @0"),
        ["a file made where the second layer removed one"] = new(
            "echo x > d/sub/x",
            "d 755 5:6 directory @1500000001 | d/sub 755 5:6 directory @now | d/sub/x 644 0:0 2 bytes @now"),
        ["a file made and removed"] = new(
            "echo x > n; rm n; echo x > d/n; rm d/n",
            ""),
        ["a directory removed"] = new(
            "rm -r d",
            ".wh.d 0 0:0 0 bytes @0"),
        ["a directory removed and made again"] = new(
            "rm -r d; mkdir d",
            "d 755 0:0 directory @now | d/.wh.a 0 0:0 0 bytes @0 | d/.wh.b 0 0:0 0 bytes @0 | d/.wh.sub 0 0:0 0 bytes @0"),
        ["a directory removed and made again as it was, empty"] = new(
            "rm -r e; mkdir e; chmod 755 e; chown 5:6 e",
            "e 755 5:6 directory @now | e/.wh.lower 0 0:0 0 bytes @0 | e/.wh.second 0 0:0 0 bytes @0",
            "big 644 3:4 100000 bytes @1500000003 | e 755 5:6 directory @now | e/.wh.lower 0 0:0 0 bytes @0 | e/.wh.second 0 0:0 0 bytes @0"),
        ["a directory made again with some of what it held"] = new(
            "rm -r d; mkdir -p d/sub/deep; echo a > d/a; echo z > d/sub/deep/z",
            "d 755 0:0 directory @now | d/a 644 0:0 2 bytes @now | d/.wh.b 0 0:0 0 bytes @0 | d/sub 755 0:0 directory @now | d/sub/deep 755 0:0 directory @now | d/sub/deep/.wh.y 0 0:0 0 bytes @0 | d/sub/deep/z 644 0:0 2 bytes @now"),
        ["a directory emptied"] = new(
            "rm -r d/a d/b d/sub",
            "d 755 5:6 directory @now | d/.wh.a 0 0:0 0 bytes @0 | d/.wh.b 0 0:0 0 bytes @0 | d/.wh.sub 0 0:0 0 bytes @0"),
        ["a directory replaced by a file"] = new(
            "rm -r d; echo file > d",
            "d 644 0:0 5 bytes @now"),
        ["a directory replaced by a link"] = new(
            "rm -r d; ln -s e d",
            "d 777 0:0 -> e @now"),
        ["a directory replaced by a file and back"] = new(
            "rm -r d; echo file > d; rm d; mkdir -p d/sub",
            "d 755 0:0 directory @now | d/.wh.a 0 0:0 0 bytes @0 | d/.wh.b 0 0:0 0 bytes @0 | d/sub 755 0:0 directory @now | d/sub/.wh.deep 0 0:0 0 bytes @0"),
        ["a file replaced by a directory"] = new(
            "rm g; mkdir g; echo in > g/in",
            "g 755 0:0 directory @now | g/in 644 0:0 3 bytes @now"),
        ["a file replaced by a directory and back"] = new(
            "rm g; mkdir g; rmdir g; echo back > g",
            "g 644 0:0 5 bytes @now"),
        ["a file replaced by a link"] = new(
            "ln -sfn d g",
            "g 777 0:0 -> d @now"),
        ["a link replaced by a directory"] = new(
            "rm l; mkdir l; echo x > l/x",
            "l 755 0:0 directory @now | l/x 644 0:0 2 bytes @now"),
        ["a link's text"] = new(
            "ln -sfn e l",
            "l 777 0:0 -> e @now"),
        ["a file replaced by a pipe"] = new(
            "rm g; mkfifo g",
            "g 644 0:0 pipe @now"),
        ["a file replaced by a socket"] = new(
            "rm g; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"g\")'",
            ".wh.g 0 0:0 0 bytes @0"),
        ["a file moved"] = new(
            "mv g e/g",
            "e 755 5:6 directory @now | e/g 644 3:4 1 bytes @1500000001 | .wh.g 0 0:0 0 bytes @0"),
        ["a file moved over another"] = new(
            "mv d/a g",
            "d 755 5:6 directory @now | d/.wh.a 0 0:0 0 bytes @0 | g 644 3:4 1 bytes @1500000003"),
        ["two files exchanged"] = new(
            "mv g t; mv d/a g; mv t d/a",
            "d 755 5:6 directory @now | d/a 644 3:4 1 bytes @1500000001 | g 644 3:4 1 bytes @1500000003"),
        ["a directory from below moved"] = new(
            "mv d/sub e/sub",
            "d 755 5:6 directory @now | d/.wh.sub 0 0:0 0 bytes @0 | e 755 5:6 directory @now | e/sub 755 5:6 directory @1500000005 | e/sub/deep 755 5:6 directory @1500000010 | e/sub/deep/y 644 3:4 1 bytes @1500000012"),
        ["a directory from below moved and one made in its place"] = new(
            "mv d/sub e/sub; mkdir d/sub; echo x > d/sub/new",
            "d 755 5:6 directory @now | d/sub 755 0:0 directory @now | d/sub/.wh.deep 0 0:0 0 bytes @0 | d/sub/new 644 0:0 2 bytes @now | e 755 5:6 directory @now | e/sub 755 5:6 directory @1500000005 | e/sub/deep 755 5:6 directory @1500000010 | e/sub/deep/y 644 3:4 1 bytes @1500000012"),
        ["a directory moved there and back"] = new(
            "mv d/sub t; mv t d/sub",
            ""),
        ["a new directory moved over an empty one"] = new(
            "mkdir n; echo x > n/f; rm e/second e/lower; mv -T n e",
            "e 755 0:0 directory @now | e/f 644 0:0 2 bytes @now | e/.wh.lower 0 0:0 0 bytes @0 | e/.wh.second 0 0:0 0 bytes @0",
            "big 644 3:4 100000 bytes @1500000003 | e 755 0:0 directory @now | e/f 644 0:0 2 bytes @now | e/.wh.lower 0 0:0 0 bytes @0 | e/.wh.second 0 0:0 0 bytes @0"),
        ["something in a directory that nobody may enter"] = new(
            "chmod 700 locked; echo x > locked/new; chmod 500 locked",
            "locked 500 5:6 directory @now | locked/new 644 0:0 2 bytes @now"),
        ["the mode of a file that nobody may read"] = new(
            "chmod 100 locked/in",
            "locked 500 5:6 directory @1500000006 | locked/in 100 3:4 2 bytes @1500000009"),
        ["names of any bytes"] = new(
            "touch \"$(printf '\\377\\376')\" 'a b' 'new\nline' \"$(printf '\\001')\" -- -dash .hidden",
            "\u0001 644 0:0 0 bytes @now | -dash 644 0:0 0 bytes @now | .hidden 644 0:0 0 bytes @now | a b 644 0:0 0 bytes @now | new\nline 644 0:0 0 bytes @now | \ufffd\ufffd 644 0:0 0 bytes @now"),
        ["names that look like whiteouts' neighbours"] = new(
            "touch .wha .whiteout w.wh.x",
            ".wha 644 0:0 0 bytes @now | .whiteout 644 0:0 0 bytes @now | w.wh.x 644 0:0 0 bytes @now"),
        ["names in bytewise order"] = new(
            "touch a.b a-b a0; mkdir a; touch a/z; mkdir -p A/B; touch A.B",
            "A 755 0:0 directory @now | A/B 755 0:0 directory @now | A.B 644 0:0 0 bytes @now | a 755 0:0 directory @now | a/z 644 0:0 0 bytes @now | a-b 644 0:0 0 bytes @now | a.b 644 0:0 0 bytes @now | a0 644 0:0 0 bytes @now"),
        ["a name of 255 bytes"] = new(
            "touch $(printf 'n%.0s' $(seq 255))",
            "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn 644 0:0 0 bytes @now"),
        ["a path of over 255 bytes"] = new(
            "p=$(printf 'p%.0s' $(seq 100)); mkdir -p $p/$p/$p; touch $p/$p/$p/f",
            "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp 755 0:0 directory @now | pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp/pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp 755 0:0 directory @now | pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp/pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp/pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp 755 0:0 directory @now | pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp/pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp/pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp/f 644 0:0 0 bytes @now"),
        ["a sparse file of nine gigabytes"] = new(
            "truncate -s 9G n; printf end >> n",
            "n 644 0:0 9663676419 bytes @now"),
        ["a file made shorter"] = new(
            "truncate -s 10 big; touch -d @1500000003 big",
            "big 644 3:4 10 bytes @1500000003",
            "big 644 3:4 10 bytes @1500000003 | e 755 5:6 directory @1500000001 | e/lower 644 3:4 = big @1500000003"),
        ["the mode of the root"] = new(
            "chmod 700 .",
            ""),
        ["everything at once"] = new(
            "rm -r d; mkdir d; ln g d/g; chmod 4711 g; mv e moved; ln -s ../g moved/s; setcap cap_chown+ep d/g; mkdir -p l2.d/x; touch -d @5 l2.d/x",
            "d 755 0:0 directory @now | d/.wh.a 0 0:0 0 bytes @0 | d/.wh.b 0 0:0 0 bytes @0 | d/g 4711 3:4 1 bytes @1500000001 security.capability=0100000201000000000000000000000000000000 | d/.wh.sub 0 0:0 0 bytes @0 | .wh.e 0 0:0 0 bytes @0 | g 4711 3:4 = d/g @1500000001 security.capability=0100000201000000000000000000000000000000 | l2.d 755 0:0 directory @now | l2.d/x 755 0:0 directory @5 | moved 755 5:6 directory @now | moved/lower 644 3:4 100000 bytes @1500000003 | moved/s 777 0:0 -> ../g @now | moved/second 644 3:4 1 bytes @1500000008",
            "big 644 3:4 100000 bytes @1500000003 | d 755 0:0 directory @now | d/.wh.a 0 0:0 0 bytes @0 | d/.wh.b 0 0:0 0 bytes @0 | d/g 4711 3:4 1 bytes @1500000001 security.capability=0100000201000000000000000000000000000000 | d/.wh.sub 0 0:0 0 bytes @0 | .wh.e 0 0:0 0 bytes @0 | g 4711 3:4 = d/g @1500000001 security.capability=0100000201000000000000000000000000000000 | l2.d 755 0:0 directory @now | l2.d/x 755 0:0 directory @5 | moved 755 5:6 directory @now | moved/lower 644 3:4 = big @1500000003 | moved/s 777 0:0 -> ../g @now | moved/second 644 3:4 1 bytes @1500000008"),
    };
}
