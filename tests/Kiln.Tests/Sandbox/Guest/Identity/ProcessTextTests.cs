// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Kiln.Sandbox.Guest.Identity;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Identity;

public sealed class ProcessTextTests
{
    private static GuestCredentials User => GuestCredentials.For(1000, 1001, [2000, 50]);

    [Fact]
    public void The_status_says_what_is_believed()
    {
        const string real = "Name:\tsh\\nUid:\nUmask:\t0077\nTracerPid:\t7\nUid:\t65532\t65532\t65532\t65532\nGid:\t65532\t65532\t65532\t65532\nFDSize:\t64\nGroups:\t65532 \n"
            + "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\n"
            + "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t2\n";

        string text = Encoding.UTF8.GetString(StatusText.Rewrite(Encoding.UTF8.GetBytes(real), User, umask: 0x12));

        Assert.Equal(
            "Name:\tsh\\nUid:\nUmask:\t0022\nTracerPid:\t0\nUid:\t1000\t1000\t1000\t1000\nGid:\t1001\t1001\t1001\t1001\nFDSize:\t64\nGroups:\t50 2000 \n"
            + "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n"
            + "NoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n",
            text);
    }

    [Fact]
    public void The_auxiliary_vector_says_what_is_believed()
    {
        ulong[] vector = [6, 4096, 11, 65532, 12, 65532, 13, 65532, 14, 65532, 23, 0, 0, 0, 11, 5];

        AuxiliaryVector.Rewrite(MemoryMarshal.AsBytes(vector.AsSpan()), User, isSecure: true);

        Assert.Equal([6ul, 4096, 11, 1000, 12, 1000, 13, 1001, 14, 1001, 23, 1, 0, 0, 11, 5], vector);
    }

    [Fact]
    public void The_limits_do_not_tell_the_number_that_a_process_carries()
    {
        const string unlimited = "Max file locks            unlimited            unlimited            locks     \n";
        const string carrying = "Max file locks            5433138258976899073  unlimited            locks     \n";
        string real = File.ReadAllText("/proc/self/limits");

        Assert.Contains(unlimited, real, StringComparison.Ordinal);
        Assert.Equal(real, Encoding.ASCII.GetString(LimitsText.Rewrite(Encoding.ASCII.GetBytes(real.Replace(unlimited, carrying)))));
    }
}
