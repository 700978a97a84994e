// SPDX-License-Identifier: Apache-2.0
using Kiln.Cli.Start;
using Kiln.Sandbox;

// The same file is the sandbox's second stage, which must not do anything else first.
if (SecondStage.IsRequested(args))
    return SecondStage.Run();
return await Application.RunAsync(args);
