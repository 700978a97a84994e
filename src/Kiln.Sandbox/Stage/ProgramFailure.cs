// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Sandbox.Stage;

/// <summary>Why a program could not be executed, in the words of the container runtimes, with the status a shell has for it.</summary>
internal static class ProgramFailure
{
    private const int NotFound = 127;
    private const int NotExecutable = 126;

    public static StageFailure Describe(string program, Errno error, bool interpreterMissing) => error switch
    {
        Errno.ENOENT when interpreterMissing => Failure(NotFound, $"exec {program}: no such file or directory"),
        Errno.ENOENT when program.Contains('/') => Failure(NotFound, $"exec: \"{program}\": stat {program}: no such file or directory"),
        Errno.ENOENT => Failure(NotFound, $"exec: \"{program}\": executable file not found in $PATH"),
        Errno.EACCES => Failure(NotExecutable, $"exec: \"{program}\": permission denied"),
        Errno.ENOEXEC => Failure(NotExecutable, $"exec {program}: exec format error") with { Error = error },
        Errno.E2BIG => Failure(NotExecutable, $"exec {program}: argument list too long"),
        _ => Failure(NotExecutable, $"exec {program}: {error}"),
    };

    private static StageFailure Failure(int code, string message) => new(FailureKind.Program, message) { ExitCode = code };
}
