// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Seccomp;
using Kiln.Sandbox;
using Kiln.Sandbox.Supervision;
using Kiln.Tests.Linux.Seccomp;
using Xunit;

namespace Kiln.Tests.Sandbox;

public sealed class SupervisedCallsTests
{
    private const uint X64 = 0xC000003E;
    private const uint Allow = 0x7FFF0000;
    private const uint Notify = 0x7FC00000;
    private const uint NetworkUnreachable = 0x00050000 | 101;
    private const uint NoProtocolOption = 0x00050000 | 92;

    private static readonly SeccompProgram Chroot = SeccompProgram.Assemble(SupervisedCalls.OfChroot, SystemCallNumbers.X64);

    [Theory]
    [InlineData(SystemCall.openat, Allow, 5ul)]
    [InlineData(SystemCall.openat, Notify, 4096ul)]
    [InlineData(SystemCall.openat, Notify, 0xFFFFFF9Cul)]
    [InlineData(SystemCall.newfstatat, Allow, 5ul)]
    [InlineData(SystemCall.kill, Allow, 0ul, 9ul)]
    [InlineData(SystemCall.kill, Notify, 0xFFFFFFFFul, 9ul)]
    [InlineData(SystemCall.prlimit64, Allow, 0ul)]
    [InlineData(SystemCall.prlimit64, Notify, 7ul)]
    [InlineData(SystemCall.setpriority, Allow, 0ul, 0ul)]
    [InlineData(SystemCall.setpriority, Notify, 2ul, 0ul)]
    [InlineData(SystemCall.ioprio_set, Allow, 2ul, 0ul)]
    [InlineData(SystemCall.ioprio_set, Notify, 3ul, 0ul)]
    [InlineData(SystemCall.ptrace, Allow, 0ul)]
    [InlineData(SystemCall.ptrace, Notify, 16ul)]
    [InlineData(SystemCall.fcntl, Allow, 5ul, 1030ul)]
    [InlineData(SystemCall.fcntl, Notify, 5ul, 8ul)]
    [InlineData(SystemCall.getsockopt, NoProtocolOption, 3ul, 1ul, 77ul)]
    [InlineData(SystemCall.getsockopt, Allow, 3ul, 6ul, 77ul)]
    public void What_a_changed_root_traps_hangs_on_the_arguments(SystemCall call, uint expected, params ulong[] arguments) =>
        Assert.Equal(expected, BpfInterpreter.Run(Chroot, X64, (uint)call, arguments));

    [Theory]
    [InlineData(SystemCall.openat, Allow, 5ul, 1ul, 0ul)]
    [InlineData(SystemCall.openat, Notify, 5ul, 1ul, 1ul)]
    [InlineData(SystemCall.openat, Notify, 5ul, 1ul, 2ul)]
    [InlineData(SystemCall.openat, Notify, 5ul, 1ul, 0x40ul)]
    [InlineData(SystemCall.openat, Notify, 5ul, 1ul, 0x200ul)]
    [InlineData(SystemCall.unlinkat, Notify, 5ul)]
    [InlineData(SystemCall.newfstatat, Allow, 5ul)]
    public void Changes_are_trapped_too_where_a_step_has_mounts(SystemCall call, uint expected, params ulong[] arguments) =>
        Assert.Equal(expected, BpfInterpreter.Run(SeccompProgram.Assemble(SupervisedCalls.ForChroot(MoreTraps.Changes, RunNetwork.Host), SystemCallNumbers.X64), X64, (uint)call, arguments));

    [Theory]
    [InlineData(SystemCall.socket, Allow, 1ul)]
    [InlineData(SystemCall.socket, NetworkUnreachable, 2ul)]
    [InlineData(SystemCall.socket, NetworkUnreachable, 0x1_0000_0002ul)]
    [InlineData(SystemCall.socket, NetworkUnreachable, 40ul)]
    [InlineData(SystemCall.socketpair, Allow, 1ul)]
    [InlineData(SystemCall.socketpair, NetworkUnreachable, 30ul)]
    public void Without_a_network_there_are_sockets_of_paths_alone(SystemCall call, uint expected, params ulong[] arguments) =>
        Assert.Equal(expected, BpfInterpreter.Run(
            SeccompProgram.Assemble([.. SupervisedCalls.ForChroot(MoreTraps.None, RunNetwork.None), .. NetworkCalls.Rules], SystemCallNumbers.X64), X64, (uint)call, arguments));

    [Fact]
    public void A_filter_fits_into_what_the_kernel_takes() =>
        Assert.InRange(SeccompProgram.Assemble(SupervisedCalls.ForChroot(MoreTraps.Changes | MoreTraps.Lookups, RunNetwork.None), SystemCallNumbers.X64).Instructions.Length, 1, 4096); // BPF_MAXINSNS
}
