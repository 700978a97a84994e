// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Cache;
using Kiln.SystemTests.Guest;
using Xunit.Runner.InProc.SystemConsole;

namespace Kiln.SystemTests;

/// <summary>
/// The tests' program is the supervisor of <see cref="ProgramSupervisor"/> too: that has threads, which a module initializer cannot have. And it is what a test of caches kills.
/// </summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] arguments) => arguments switch
    {
        [ProgramSupervisor.Argument, .. var supervised] => ProgramSupervisor.Run(supervised),
        [ProgramSupervisor.StageArgument, .. var program] => ProgramSupervisor.RunStage(program),
        [CacheWriter.Argument, var kind, var directory] => await CacheWriter.RunAsync(kind, directory),
        _ => await ConsoleRunner.Run(arguments),
    };
}
