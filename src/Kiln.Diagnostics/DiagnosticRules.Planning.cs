// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <content>15xx: what a Dockerfile's instructions mean together.</content>
public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule BlankBase = new(
        "KILN1501", "the base of a stage is blank", "give the `ARG` in `FROM` a default, or pass it by `--build-arg`");

    public static readonly DiagnosticRule UnknownTarget = new(
        "KILN1503", "no stage has the target's name", "name a stage of the Dockerfile: the word behind `AS`");

    public static readonly DiagnosticRule CircularStages = new(
        "KILN1504", "stages need each other in a circle", "let one of them take what it needs from an earlier stage");

    public static readonly DiagnosticRule StageNotYetDefined = new(
        "KILN1505", "a stage is used before it is defined", "move the stage that is used above the one that uses it");

    public static readonly DiagnosticRule InvalidStageIndex = new(
        "KILN1506", "no stage has that number", "stages are numbered from 0; better, name it by `AS`");

    public static readonly DiagnosticRule VariableInFrom = new(
        "KILN1507", "--from holds a variable", "define a stage `FROM` the variable, and copy from that stage");

    public static readonly DiagnosticRule InvalidPort = new(
        "KILN1508", "EXPOSE holds no port", "write `80`, `80/udp` or `8000-8010`");

    public static readonly DiagnosticRule InvalidSignal = new(
        "KILN1509", "STOPSIGNAL holds no signal", "write a name as `SIGTERM`, or a number");

    public static readonly DiagnosticRule EmptyVolume = new(
        "KILN1510", "VOLUME holds an empty path", "give the variable in it a value, or remove it");

    public static readonly DiagnosticRule EmptyCommand = new(
        "KILN1511", "RUN has no command", "write a command behind `RUN`");

    public static readonly DiagnosticRule InvalidMountTarget = new(
        "KILN1512", "a mount has no usable target", "mount onto a directory below `/`");

    public static readonly DiagnosticRule InvalidSource = new(
        "KILN1513", "a source of COPY or ADD is of a kind that this instruction does not take", "`ADD` takes URLs and git repositories, `COPY` does not");

    public static readonly DiagnosticRule InvalidNamedContext = new(
        "KILN1514", "a named context cannot be understood", "give `--build-context NAME=` a directory, `docker-image://REFERENCE`, `oci-layout://PATH[:TAG]`, a git repository or the URL of an archive");

    public static readonly DiagnosticRule SecretMissing = new(
        "KILN1515", "a required secret is not there", "pass it by `--secret id=NAME,src=FILE` or `--secret id=NAME,env=VARIABLE`");

    public static readonly DiagnosticRule InvalidEpoch = new(
        "KILN1516", "SOURCE_DATE_EPOCH is no time", "give whole seconds since 1970, as `git log -1 --format=%ct` prints them, or the name of a remote context or of a stage that is one remote `ADD`");

    public static readonly DiagnosticRule InvalidGitSource = new(
        "KILN1517", "a git repository's address cannot be understood", "write `https://host/path.git#reference:directory`, or `?tag=`, `?branch=`, `?commit=` and `?subdir=` in its place");

    public static readonly DiagnosticRule InvalidChecksum = new(
        "KILN1518", "--checksum holds no checksum of its source", "write `sha256:` and 64 digits for a URL, the hash of a commit for a git repository, and an `ADD` for each source");

    public static readonly DiagnosticRule LintViolation = new(
        "KILN1520", "a build check found something, and findings are errors",
        "mend what the warnings name, or skip a rule by `# check=skip=RULE` in the first line or above the instruction");

    /// <summary>Valid, but not built yet: it stops the build before anything is done, for nothing valid is ignored.</summary>
    public static readonly DiagnosticRule NotSupported = new(
        "KILN1599", "something valid is not supported yet", "write it another way; the hint says how");
}
