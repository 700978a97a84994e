// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Kiln.Cli.Start;
using Kiln.Contexts.Git;

namespace Kiln.Tests.Contexts;

/// <summary>Git starts the tests' own program as its assistant: what `Main` of the real one asks first is asked before it.</summary>
internal static class GitAssistantEntry
{
    [ModuleInitializer]
    internal static void Enter()
    {
        string name = Personality.ProgramName();
        if (!GitAssistant.IsCalled(name))
            return;
        Environment.Exit(GitAssistant.Run(name, Environment.GetCommandLineArgs()[1..], Application.ReadEnvironment(), Console.Out));
    }
}
