// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <content>4xxx: the sandbox of `RUN`.</content>
public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule IsolationUnavailable = new(
        "KILN4001",
        "the isolation that was asked for cannot be had here",
        "use `--isolation=auto`, or permit what the message names; a non-root user needs user namespaces alone, root needs SETUID, SETGID and SETFCAP as well");

    public static readonly DiagnosticRule SandboxSetupFailed = new(
        "KILN4002",
        "the sandbox for a `RUN` could not be set up",
        "the message names the system call and the path; a full disk, a mount target below a file and a memory limit are the usual causes");

    public static readonly DiagnosticRule UnknownUser = new(
        "KILN4003",
        "a user or group is not in the image",
        "add the account in an earlier `RUN`, or use numbers in `USER`");

    public static readonly DiagnosticRule UserNotMapped = new(
        "KILN4004",
        "the sandbox does not have the user id",
        "give the builder's user a range in /etc/subuid and /etc/subgid with newuidmap installed, or run the builder as root");

    public static readonly DiagnosticRule RungTooLow = new(
        "KILN4005",
        "a RUN step asks for what this way to isolate cannot give",
        "permit user namespaces to the builder, for which `kiln doctor` says what to change, or mount something else, or elsewhere");

    public static readonly DiagnosticRule StepFailed = new(
        "KILN4010", "a RUN step failed", "what it printed says why; the exit status is the command's own");

    public static readonly DiagnosticRule NoSandbox = new(
        "KILN4011", "RUN cannot be isolated here", "use `--isolation=auto`; `--verbosity=debug` says what the machine refuses");

    public static readonly DiagnosticRule StepTimedOut = new(
        "KILN4012", "a RUN step took longer than it may", "give it longer by `--run-timeout`, and look at what it printed last: a program that waits for input gets none");

    public static readonly DiagnosticRule StepOutOfMemory = new(
        "KILN4013", "memory ran out in a RUN step", "give the builder's container a higher memory limit, or the step less to do at a time");

    public static readonly DiagnosticRule SecretInLayer = new(
        "KILN4020", "a secret's value is in a layer",
        "remove the file in the same `RUN`, or write it below a `--mount=type=tmpfs`; what may be seen in the image is no secret: give it by `--build-arg` or `COPY`");

    public static readonly DiagnosticRule SecretUnusable = new(
        "KILN4021", "a secret cannot be given to a RUN in this way", "mount it as a file: leave `env=` out");

    public static readonly DiagnosticRule SshAgentMissing = new(
        "KILN4022", "a RUN needs an SSH agent that was not given", "give one by `--ssh default` (the agent of SSH_AUTH_SOCK) or `--ssh default=FILE` (a key)");
}
