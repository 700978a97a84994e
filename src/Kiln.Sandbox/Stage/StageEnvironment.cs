// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Sandbox.Stage;

/// <summary>The program's whole environment, and where it is looked up.</summary>
internal sealed record StageEnvironment(ImmutableArray<string> Variables, string SearchPath)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>What was asked for, then PATH and HOME where they are missing.</summary>
    public static StageEnvironment Complete(ImmutableArray<string> requested, string home)
    {
        ImmutableArray<string> variables = requested;
        if (Find(variables, "PATH") is null)
            variables = variables.Add($"PATH={DefaultPath}");
        if (Find(variables, "HOME") is null)
            variables = variables.Add($"HOME={home}");
        return new(variables, Find(variables, "PATH")!);
    }

    private static string? Find(ImmutableArray<string> variables, string name) =>
        variables.FirstOrDefault(variable => variable.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
