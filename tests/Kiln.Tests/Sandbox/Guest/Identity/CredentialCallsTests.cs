// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Seccomp;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Tests.Linux.Seccomp;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Identity;

public sealed class CredentialCallsTests
{
    private const uint X64 = 0xC000003E;
    private const uint Allow = 0x7FFF0000, Notify = 0x7FC00000, Fails = 0x00050000;

    private static readonly SeccompProgram Program = SeccompProgram.Assemble(CredentialCalls.Rules, SystemCallNumbers.X64);

    [Theory]
    [InlineData(1ul, Allow)]               // PR_SET_PDEATHSIG
    [InlineData(3ul, Notify)]              // PR_GET_DUMPABLE
    [InlineData(4ul, Notify)]
    [InlineData(8ul, Notify)]              // PR_SET_KEEPCAPS
    [InlineData(0x1_0000_0008ul, Notify)]
    [InlineData(15ul, Allow)]              // PR_SET_NAME
    [InlineData(21ul, Fails)]              // PR_GET_SECCOMP, which is 0
    [InlineData(22ul, Allow)]              // PR_SET_SECCOMP
    [InlineData(24ul, Notify)]             // PR_CAPBSET_DROP
    [InlineData(28ul, Notify)]             // PR_SET_SECUREBITS
    [InlineData(35ul, Fails | 1)]          // PR_SET_MM
    [InlineData(38ul, Notify)]             // PR_SET_NO_NEW_PRIVS
    [InlineData(47ul, Notify)]             // PR_CAP_AMBIENT
    [InlineData(62ul, Fails | 22)]         // PR_SCHED_CORE
    [InlineData(0x53564D41ul, Allow)]      // PR_SET_VMA
    [InlineData(0x59616D61ul, Allow)]      // PR_SET_PTRACER
    [InlineData(0x41555856ul, Fails | 22)] // PR_GET_AUXV
    [InlineData(999ul, Fails | 22)]
    [InlineData(0xFFFFFFFFul, Fails | 22)]
    public void Every_option_of_a_process_is_judged(ulong option, uint expected) =>
        Assert.Equal(expected, BpfInterpreter.Run(Program, X64, (uint)SystemCall.prctl, [option]));

    [Theory]
    [InlineData(SystemCall.getuid)]
    [InlineData(SystemCall.setresgid)]
    [InlineData(SystemCall.setgroups)]
    [InlineData(SystemCall.capget)]
    [InlineData(SystemCall.capset)]
    public void Calls_about_credentials_are_answered(SystemCall call) => Assert.Equal(Notify, BpfInterpreter.Run(Program, X64, (uint)call, []));
}
