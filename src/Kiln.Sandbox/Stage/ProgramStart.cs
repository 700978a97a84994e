// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Processes;

namespace Kiln.Sandbox.Stage;

/// <summary>Finds the program that was asked for, as a shell would, and becomes it.</summary>
internal static class ProgramStart
{
    /// <summary>Returns only where it failed. Tries the files themselves: whether one can be executed the kernel alone knows.</summary>
    public static StageFailure Execute(ProgramImage image, string name, string searchPath)
    {
        Errno last = Errno.ENOENT;
        foreach (string candidate in Candidates(name, searchPath))
        {
            Errno error = ProgramFile.LeadsThroughMagicLink(candidate) ? Errno.EACCES : image.Execute(candidate);
            // A script whose interpreter is missing is ENOENT too, but it is the program that was meant.
            if (error == Errno.ENOENT && File.Exists(candidate))
                return ProgramFailure.Describe(candidate, error, interpreterMissing: true);
            if (error is not (Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES))
                return ProgramFailure.Describe(candidate, error, interpreterMissing: false);
            if (error == Errno.EACCES)
                last = error;
        }
        return ProgramFailure.Describe(name, last, interpreterMissing: false);
    }

    internal static IEnumerable<string> Candidates(string name, string searchPath) =>
        name.Contains('/') ? [name] : searchPath.Split(':').Select(directory => directory is "" ? $"./{name}" : $"{directory}/{name}");
}
