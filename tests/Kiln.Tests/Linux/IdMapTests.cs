// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Namespaces;
using Xunit;

namespace Kiln.Tests.Linux;

public sealed class IdMapTests
{
    private const string Nested = "         0       1000          1\n         1     100000      65536\n";

    [Fact]
    public void A_namespace_within_gets_every_id_under_its_own_number() =>
        Assert.Equal("0 0 1\n1 1 65536", IdMap.Parse(Nested).Identity().ToString());

    [Fact]
    public void The_whole_of_the_ids_stays_whole() =>
        Assert.Equal("0 0 4294967295", IdMap.Parse("         0          0 4294967295\n").Identity().ToString());

    [Theory]
    [InlineData(0, true)]
    [InlineData(65536, true)]
    [InlineData(65537, false)]
    [InlineData(100000, false)]
    public void An_id_is_there_where_a_range_has_it(uint id, bool there) =>
        Assert.Equal(there, IdMap.Parse(Nested).Contains(id));
}
