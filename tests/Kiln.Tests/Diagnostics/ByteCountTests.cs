// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Xunit;

namespace Kiln.Tests.Diagnostics;

public sealed class ByteCountTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(118_279_372, "112.8 MiB")]
    [InlineData(2L << 30, "2.0 GiB")]
    public void Numbers_of_bytes_are_short(long bytes, string expected) => Assert.Equal(expected, ByteCount.Format(bytes));
}
