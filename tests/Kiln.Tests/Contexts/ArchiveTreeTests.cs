// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Text;
using Kiln.Contexts.Archives;
using Kiln.Diagnostics;
using Kiln.Layers.Sources;
using Kiln.Tests.Layers;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>Archives that are laid out in a directory as a build context, and what they can do beyond it: nothing.</summary>
public sealed class ArchiveTreeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private string Context => Path.Combine(_directory, "context");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>What an archive says that wants out, and what is there afterwards.</summary>
    public static TheoryData<string, string> Hostile => new()
    {
        { "absolute name", "etc/passwd=x" },
        { "link out, and a file through it", "home/victim/file=x link>/home/victim" },
        { "relative link out, and a file through it", "link>../../.. passwd=x" },
        { "link to a link out", "a>b b>../../outside outside/file=x" },
        { "link replaced by a directory", "d/file=x" },
        { "file through a name that was a directory", "d>/etc etc/file=x" },
        { "hard link to a link out", "a>/etc/passwd b>/etc/passwd" },
        { "hard link out to a name inside", "b=inside etc/passwd=inside" },
        { "set-uid file", "su=x" },
        { "device nodes", "file=x" },
        { "name of a whiteout", ".wh..wh..opq=o .wh.file=w file=x" },
        { "the directory itself", "file=x" },
        { "a loop of links", "a>b b>a" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Nothing_leaves_the_directory(string what, string expected)
    {
        File.WriteAllText(Path.Combine(_directory, "outside"), "as it was");

        Unpack(Archive(what));

        Assert.Equal(expected, Describe());
        Assert.Equal(["context", "outside"], Directory.GetFileSystemEntries(_directory).Select(Path.GetFileName).Order());
        Assert.Equal("as it was", File.ReadAllText(Path.Combine(_directory, "outside")));
    }

    /// <summary>Archives that are refused: nothing is meant by them, or no good.</summary>
    [Theory]
    [InlineData("climbs", "KILN2012", "the entry `../outside` of the archive `s3://b/c` leads out of it (breakout)")]
    [InlineData("climbs later", "KILN2012", "the entry `a/../../outside` of the archive `s3://b/c` leads out of it (breakout)")]
    [InlineData("hard link to nothing", "KILN2013", "the archive `s3://b/c` is broken or not all there: it links `b` to `etc/shadow`, which is no file that it holds")]
    [InlineData("empty link", "KILN2013", "the archive `s3://b/c` is broken or not all there: the symbolic link `l` leads nowhere")]
    [InlineData("long name", "KILN2013", "the archive `s3://b/c` is broken or not all there: a path, or where links lead it, has more than 4095 bytes, or a name in it more than 255")]
    [InlineData("claims", "KILN2021", "the archive `s3://b/c` is too large: its 2,048 bytes become more than 8,000,000,000,000,000,000")]
    [InlineData("cut in a file", "KILN2013", "the archive `s3://b/c` is broken or not all there: the archive ends inside a file")]
    [InlineData("cut in a header", "KILN2013", "the archive `s3://b/c` is broken or not all there: the archive ends inside a header")]
    [InlineData("cut gzip", "KILN2013", "the archive `s3://b/c` is broken or not all there: the archive ends inside a file")]
    [InlineData("gzip cut between two files", "KILN2013", "the archive `s3://b/c` is broken or not all there: the gzip stream ends too early")]
    [InlineData("gzip of nothing more than a header", "KILN2057", "`s3://b/c` is packed by gzip, but holds no tar archive, or not all of one")]
    [InlineData("empty", "KILN2057", "`s3://b/c` is empty")]
    [InlineData("text", "KILN2057", "`s3://b/c` is no tar archive, neither plain nor packed by gzip, bzip2, xz or zstd")]
    [InlineData("packed text", "KILN2057", "`s3://b/c` is packed by gzip, but holds no tar archive, or not all of one")]
    public void A_bad_archive_is_one_clear_error(string what, string code, string message)
    {
        Diagnostic refused = Assert.Throws<BuildException>(() => Unpack(Archive(what))).Diagnostic;

        Assert.Equal((code, message), (refused.Rule.Code, refused.Message));
    }

    [Fact]
    public void Modes_and_times_are_kept_and_device_nodes_counted()
    {
        ArchiveTree tree = Unpack(new TarBytes()
            .Add("dir", type: '5', change: block => TarBytes.Put(block, 100, "0002750"))
            .Add("dir/su", "four", change: block => TarBytes.Put(block, 100, "0004711"))
            .Add("null", type: '3').Add("disk", type: '4').End());

        Assert.Equal(new ArchiveTree(2, 4, 2), tree);
        Assert.Equal(
            UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute,
            File.GetUnixFileMode(Path.Combine(Context, "dir/su")));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(7), File.GetLastWriteTimeUtc(Path.Combine(Context, "dir/su")));
    }

    private static byte[] Archive(string what) => what switch
    {
        "absolute name" => new TarBytes().Add("/etc/passwd", "x").End(),
        "link out, and a file through it" => Link(new TarBytes(), "link", "/home/victim").Add("link/file", "x").End(),
        "relative link out, and a file through it" => Link(new TarBytes(), "link", "../../..").Add("link/passwd", "x").End(),
        "link to a link out" => Link(Link(new TarBytes(), "b", "../../outside"), "a", "b").Add("a/file", "x").End(),
        "link replaced by a directory" => Link(new TarBytes(), "d", "/etc").Add("d/", type: '5').Add("d/file", "x").End(),
        "file through a name that was a directory" => Link(new TarBytes().Add("d/", type: '5'), "d", "/etc").Add("d/file", "x").End(),
        "hard link to a link out" => Link(Link(new TarBytes(), "a", "/etc/passwd"), "b", "a", '1').End(),
        "hard link out to a name inside" => Link(new TarBytes().Add("etc/passwd", "inside"), "b", "../../../etc/passwd", '1').End(),
        "set-uid file" => new TarBytes().Add("su", "x", change: block => TarBytes.Put(block, 100, "0004755")).End(),
        "device nodes" => new TarBytes().Add("dev/null", type: '3').Add("sda", type: '4').Add("file", "x").End(),
        "name of a whiteout" => new TarBytes().Add("file", "x").Add(".wh.file", "w").Add(".wh..wh..opq", "o").End(),
        "the directory itself" => new TarBytes().Add("./", type: '5', change: block => TarBytes.Put(block, 100, "0000000")).Add("file", "x").End(),
        "a loop of links" => Link(Link(new TarBytes(), "a", "b"), "b", "a").End(),
        "climbs" => new TarBytes().Add("../outside", "x").End(),
        "climbs later" => new TarBytes().Add("a/../../outside", "x").End(),
        "hard link to nothing" => Link(new TarBytes(), "b", "/etc/shadow", '1').End(),
        "empty link" => Link(new TarBytes(), "l", "").End(),
        "long name" => new TarBytes().AddPax(("path", new string('n', 256))).Add("n").End(),
        "claims" => new TarBytes().AddPax(("GNU.sparse.major", "0"), ("GNU.sparse.minor", "1"), ("GNU.sparse.size", "8000000000000000000"), ("GNU.sparse.map", "0,0")).Add("zeros").End()[..2048],
        "cut in a file" => new TarBytes().Add("a", "x", size: 10_000).ToArray(),
        "cut in a header" => new TarBytes().Add("a", "x").AddRaw(new byte[100]).ToArray(),
        "cut gzip" => Gzip(new TarBytes().Add("a", string.Concat(Enumerable.Range(0, 9999))).End())[..^200],
        "gzip cut between two files" => GzipOfTwo()[..^10],
        "gzip of nothing more than a header" => Gzip(new TarBytes().Add("a", "x").End())[..60],
        "empty" => [],
        "text" => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("no archive ", 100))),
        "packed text" => Gzip(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("no archive ", 100)))),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    private static TarBytes Link(TarBytes archive, string name, string target, char type = '2') =>
        archive.Add(name, type: type, change: block => TarBytes.Put(block, 157, target));

    private static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain);
        return packed.ToArray();
    }

    /// <summary>Flushed after the first file, so that what was packed until then can be unpacked alone.</summary>
    private static byte[] GzipOfTwo()
    {
        using var packed = new MemoryStream();
        using var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(new TarBytes().Add("a", new string('x', 512)).ToArray());
        gzip.Flush();
        byte[] half = packed.ToArray();
        return [.. half, .. new byte[10]];
    }

    private ArchiveTree Unpack(byte[] archive)
    {
        Directory.CreateDirectory(Context);
        return ArchiveTree.Unpack(new BytesSource(archive), Context, "s3://b/c", TestContext.Current.CancellationToken);
    }

    /// <summary>All but directories: `path=content` and `path>target`. No link is followed.</summary>
    private string Describe() => string.Join(' ', Describe(new DirectoryInfo(Context)).Order(StringComparer.Ordinal));

    private IEnumerable<string> Describe(DirectoryInfo directory) => directory.EnumerateFileSystemInfos().SelectMany(entry =>
        entry.LinkTarget is { } target ? [$"{Path.GetRelativePath(Context, entry.FullName)}>{target}"]
        : entry is DirectoryInfo inner ? Describe(inner)
        : [$"{Path.GetRelativePath(Context, entry.FullName)}={File.ReadAllText(entry.FullName)}"]);
}
