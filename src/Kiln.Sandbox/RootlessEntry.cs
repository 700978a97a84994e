// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Processes;
using Kiln.Sandbox.Rootless;

namespace Kiln.Sandbox;

/// <summary>
/// Where an ordinary user starts the builder, it starts itself once more as root of a user and a mount namespace of its own: then unpacking, walking and deleting trees of
/// whatever modes is what root may do, and `RUN` gets the ids that the namespace has. `Main` calls it before it looks at its arguments.
/// </summary>
public static class RootlessEntry
{
    /// <summary>
    /// The status to exit with, once the other has done all the work. Null where there is nothing to enter: for root, and where user namespaces are refused.
    /// </summary>
    /// <param name="commandLine">All of it, the program's name first.</param>
    /// <param name="environment">All of it, as `NAME=value`.</param>
    public static int? TryEnter(IReadOnlyList<string> commandLine, IReadOnlyList<string> environment)
    {
        if (Credential.EffectiveUid == 0)
            return null;
        var program = new Reexecution { Namespaces = NamespaceKinds.User | NamespaceKinds.Mount, Arguments = commandLine, Environment = environment };
        return TryRun(program, RangeMapping.TryWrite) ?? TryRun(program, TryWriteOneId);
    }

    private static int? TryRun(Reexecution program, Func<int, bool> tryMap)
    {
        try
        {
            using var child = ChildProcess.Start(program);
            if (!tryMap(child.ProcessId))
            {
                child.Kill();
                child.Wait();
                return null;
            }
            return FollowedChild.Run(child, child.Wait);
        }
        catch (ErrnoException e) when (e.Call == "clone")
        {
            return null;
        }
    }

    private static bool TryWriteOneId(int processId)
    {
        try
        {
            new IdMaps(IdMap.RootIs(Credential.EffectiveUid), IdMap.RootIs(Credential.EffectiveGid)).WriteUnprivilegedTo(processId);
            return true;
        }
        catch (ErrnoException)
        {
            return false;
        }
    }
}
