// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Xunit;

namespace Kiln.Tests.Linux.Seccomp;

public sealed class SeccompProgramTests
{
    private const uint X64 = 0xC000003E;
    private const uint I386 = 0x40000003;
    private const uint Allow = 0x7FFF0000;
    private const uint Notify = 0x7FC00000;
    private const uint Kill = 0x80000000;

    private static SeccompProgram Assemble(params FilterRule[] rules) => SeccompProgram.Assemble(rules, SystemCallNumbers.X64);

    private static uint Refused(Errno error) => 0x00050000 | (uint)error;

    [Fact]
    public void A_call_that_no_rule_names_is_allowed() =>
        Assert.Equal(Allow, BpfInterpreter.Run(Assemble(new FilterRule(SystemCall.open, FilterVerdict.Notify)), X64, 0));

    [Fact]
    public void A_call_by_another_architectures_table_ends_the_process() =>
        Assert.Equal(Kill, BpfInterpreter.Run(Assemble(), I386, 5));

    [Theory]
    [InlineData(0x40000000)]
    [InlineData(0x40000002)]
    [InlineData(0xFFFFFFFF)]
    public void There_is_no_x32_call(uint number) =>
        Assert.Equal(Refused(Errno.ENOSYS), BpfInterpreter.Run(Assemble(new FilterRule(SystemCall.open, FilterVerdict.Notify)), X64, number));

    [Fact]
    public void Each_call_has_the_verdict_of_its_own_rule()
    {
        SystemCall[] calls = Enum.GetValues<SystemCall>();
        SeccompProgram program = Assemble([.. calls.Select((call, i) => new FilterRule(call, FilterVerdict.Refuse((Errno)i)))]);

        for (int i = 0; i < calls.Length; i++)
            Assert.Equal(Refused((Errno)i), BpfInterpreter.Run(program, X64, (uint)calls[i]));
        Assert.Equal(Allow, BpfInterpreter.Run(program, X64, 9999));
    }

    [Theory]
    [InlineData(0, Allow)]
    [InlineData(1, Notify)]
    [InlineData(ulong.MaxValue, Notify)]
    [InlineData(0x1_0000_0000, Allow)]
    public void The_first_rule_whose_tests_hold_counts(ulong pid, uint expected)
    {
        SeccompProgram program = Assemble(
            new FilterRule(SystemCall.kill, FilterVerdict.Allow, [ArgumentTest.Is(0, 0)]), new FilterRule(SystemCall.kill, FilterVerdict.Notify));

        Assert.Equal(expected, BpfInterpreter.Run(program, X64, 62, pid, 9));
    }

    [Theory]
    [InlineData(0x21B6, Notify)] // S_IFCHR
    [InlineData(0x61B6, Notify)] // S_IFBLK
    [InlineData(0x11B6, Allow)]  // S_IFIFO
    public void Bits_of_an_argument_are_told_apart(ulong mode, uint expected)
    {
        SeccompProgram program = Assemble(
            new FilterRule(SystemCall.mknod, FilterVerdict.Notify, [ArgumentTest.HasBits(1, 0xF000, 0x2000)]),
            new FilterRule(SystemCall.mknod, FilterVerdict.Notify, [ArgumentTest.HasBits(1, 0xF000, 0x6000)]));

        Assert.Equal(expected, BpfInterpreter.Run(program, X64, 133, 0, mode, 0));
    }

    [Theory]
    [InlineData(3, 1030, Allow)]
    [InlineData(4096, 1030, Notify)]
    [InlineData(4096, 1, Allow)]
    public void All_tests_of_a_rule_have_to_hold(ulong descriptor, ulong command, uint expected)
    {
        SeccompProgram program = Assemble(
            new FilterRule(SystemCall.fcntl, FilterVerdict.Notify, [ArgumentTest.IsAtLeast(0, 4096), ArgumentTest.Is(1, 1030)]));

        Assert.Equal(expected, BpfInterpreter.Run(program, X64, 72, descriptor, command));
    }

    [Fact]
    public void A_call_that_the_architecture_does_not_have_is_left_out()
    {
        SeccompProgram program = SeccompProgram.Assemble(
            [new FilterRule(SystemCall.open, FilterVerdict.Notify), new FilterRule(SystemCall.openat, FilterVerdict.Notify)], SystemCallNumbers.Arm64);

        Assert.Equal(Notify, BpfInterpreter.Run(program, 0xC00000B7, 56));
        Assert.Equal(Allow, BpfInterpreter.Run(program, 0xC00000B7, 2));
    }
}
