// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Sandbox;
using Xunit;

namespace Kiln.SystemTests.Attacks;

/// <summary>What the user is told where the filter ends a program.</summary>
public sealed class BadSystemCallTests(BuildWorld world)
{
    [Theory]
    [InlineData("namespaces", "/call32", "it was ended by SIGSYS")]
    [InlineData("namespaces", "sh -c '/call32; exit $?'", "the status is a shell's for SIGSYS")]
    [InlineData("chroot", "/call32", "it was ended by SIGSYS")]
    public async Task A_step_that_calls_as_a_32_bit_program_is_told_why_it_ends(string rung, string command, string said)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a changed root takes root");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "other machines have no such entrance");
        using BuildPlace place = await world.NewPlaceAsync();
        CCompiler.CompileStatic("int main(void) { long id; __asm__ volatile(\"int $0x80\" : \"=a\"(id) : \"a\"(20)); return 0; }", place.ContextPath("call32"));
        place.Dockerfile($"FROM base\nCOPY call32 /call32\nRUN {(command[0] == '/' ? $"[\"{command}\"]" : command)}");

        KilnRun run = await place.BuildAsync(["--isolation", rung, "--no-push"], TestContext.Current.CancellationToken);

        Assert.Equal(128 + 31, run.Status);
        Assert.Contains($"hint: {said}: a program of it made a system call that Kiln's filter ends programs for, as those of 32-bit programs", run.Error, StringComparison.Ordinal);
    }
}
