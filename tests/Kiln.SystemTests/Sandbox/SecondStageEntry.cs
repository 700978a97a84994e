// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Runtime.CompilerServices;
using Kiln.Sandbox;
using Kiln.SystemTests.Guest;

namespace Kiln.SystemTests.Sandbox;

/// <summary>The sandbox starts its own program once more, which here is the tests': what `Main` of the real one asks first is asked before it.</summary>
internal static class SecondStageEntry
{
    [ModuleInitializer]
    internal static void Enter()
    {
        string[] arguments = Environment.GetCommandLineArgs();
        if (arguments is [_, ProgramSupervisor.Argument or ProgramSupervisor.StageArgument, ..])
            return; // it is to be the user that it was started as
        if (SecondStage.IsRequested(arguments[1..]))
            Environment.Exit(SecondStage.Run());
        string[] environment = [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")];
        if (RootlessEntry.TryEnter(arguments, environment) is { } status)
            Environment.Exit(status);
    }
}
