// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Rootless;

namespace Kiln.Sandbox;

/// <summary>
/// A container's first process, which the builder must not be: there .NET takes the ends of all children that it hears of, as an init does, and with them those of the steps.
/// So the program starts itself once more, and this process buries what others leave behind. `Main` calls it before anything can have told .NET of children.
/// </summary>
public static class FirstProcess
{
    /// <param name="commandLine">All of it, the program's name first.</param>
    /// <param name="environment">All of it, as `NAME=value`.</param>
    /// <returns>The status to exit with.</returns>
    public static int Run(IReadOnlyList<string> commandLine, IReadOnlyList<string> environment)
    {
        using var child = ChildProcess.Start(new Reexecution { Namespaces = NamespaceKinds.None, Arguments = commandLine, Environment = environment });
        // It has the builder's environment, and no step is to read it.
        ProcessAttributes.ForbidInspection();
        return FollowedChild.Run(child, child.WaitAndBury);
    }
}
