// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <content>2xxx: the build context and what is copied from it.</content>
public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule ContextNotFound = new(
        "KILN2001", "the build context is not there", "give `--context` something that exists, as `dir:///workspace`");

    public static readonly DiagnosticRule ContextUnsupported = new(
        "KILN2002", "the build context is of a kind that is not known",
        "use a directory (`dir://`), an archive (`tar://`, `https://`, `s3://`, `gs://`), a repository (`git://`, `https://....git`) or an image (`oci://`)");

    public static readonly DiagnosticRule DockerfileNotFound = new(
        "KILN2003", "the Dockerfile is not there", "`--dockerfile` is looked up in the working directory first, then in the context");

    public static readonly DiagnosticRule SourceNotFound = new(
        "KILN2010", "a source of FROM, COPY or ADD is not there", "check the path, its spelling and the ignore file; a path is relative to the context");

    public static readonly DiagnosticRule CopyKindConflict = new(
        "KILN2011", "a directory would replace a file, or a file a directory", "name another destination, or remove what is there first");

    public static readonly DiagnosticRule ArchiveEscapes = new(
        "KILN2012", "an archive would write outside its destination", "make the archive again without `..` in its names, or unpack it in a `RUN`");

    public static readonly DiagnosticRule ArchiveBroken = new(
        "KILN2013", "an archive is broken", "make the archive again; `tar -tvf` shows what it holds");

    public static readonly DiagnosticRule ModeInvalid = new(
        "KILN2014", "--chmod holds no mode", "write an octal mode from 0 to 07777, or symbolic clauses as chmod(1) has them");

    public static readonly DiagnosticRule OwnerUnknown = new(
        "KILN2015", "--chown names nobody that can be looked up", "use numbers, or name a user of the stage's own /etc/passwd");

    public static readonly DiagnosticRule SourceUnreadable = new(
        "KILN2016", "a source of COPY or ADD cannot be read", "check who may read it; the builder reads the context as the user that it runs as");

    public static readonly DiagnosticRule NameReserved = new(
        "KILN2017", "a RUN left a name that layers keep for something else", "remove the file, or give it a name that does not begin with `.wh.`");

    public static readonly DiagnosticRule LayerBroken = new(
        "KILN2020", "a layer of an image is broken", "pull the image by other means to see whether it is broken there too, and push it again");

    public static readonly DiagnosticRule ArchiveTooLarge = new(
        "KILN2021", "a layer or an archive takes more than it may",
        "if it is what it should be, give the build more memory; if it came from somebody else, do not trust it");

    public static readonly DiagnosticRule OutputFailed = new(
        "KILN2040", "an output cannot be written", "check that the path's directory exists and can be written to, and the space on the disk");

    public static readonly DiagnosticRule DiskFailed = new(
        "KILN2041", "the builder's disk is full or fails", "give the root directory more space, or another one by `--root-dir`");

    public static readonly DiagnosticRule NotReproducible = new(
        "KILN2042", "two builds of the same did not give the same image",
        "make the step write the same each time: no times of day, random numbers or listings in the disk's order");

    public static readonly DiagnosticRule DiskTooSmall = new(
        "KILN2043", "the builder's disk cannot hold the layers", "give the root directory more space, or name a larger one by `--root-dir`");

    public static readonly DiagnosticRule CacheLayerLost = new(
        "KILN2044", "a cached layer is gone or broken", "build with `--no-cache`, or remove the entry from the cache");
}
