// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Start;
using Kiln.Contexts.Git;
using Kiln.Sandbox;

// The same file is the sandbox's second stage, which must not do anything else first.
if (SecondStage.IsRequested(args))
    return SecondStage.Run();
if (Environment.ProcessId == 1)
    return FirstProcess.Run([Personality.ProgramName(), .. args], [.. Application.ReadEnvironment().Select(variable => $"{variable.Key}={variable.Value}")]);
if (Personality.ProgramName() is var name && GitAssistant.IsCalled(name))
    return GitAssistant.Run(name, args, Application.ReadEnvironment(), Console.Out);
return await Application.RunAsync(args);
