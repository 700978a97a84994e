// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Comparing;
using Kiln.Oci;
using Xunit;

namespace Kiln.Tests.Build;

public sealed class DocumentComparisonTests
{
    [Theory]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"b":{"c":2},"a":1}""", null)]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"a":1,"b":{"c":3}}""", "b.c")]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""", "b")]
    [InlineData("""{"h":[{"t":1},{"t":2}]}""", """{"h":[{"t":1},{"t":3}]}""", "h[1].t")]
    [InlineData("""{"h":[1]}""", """{"h":[1,2]}""", "h")]
    [InlineData("""{"h":[1]}""", """{"h":"1"}""", "h")]
    public void The_first_member_that_differs_is_named(string first, string second, string? member) =>
        Assert.Equal(member, DocumentComparison.FindDifference(Document(first), Document(second)));

    private static RawDocument Document(string text) => new(MediaType.OciConfig, Encoding.UTF8.GetBytes(text));
}
