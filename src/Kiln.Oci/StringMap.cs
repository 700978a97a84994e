// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Oci;

/// <summary>The maps and sets of image documents: sorted by bytes, as Go writes them.</summary>
public static class StringMap
{
    public static readonly ImmutableSortedDictionary<string, string> Empty =
        ImmutableSortedDictionary.Create<string, string>(Utf8Order.Instance);

    public static readonly ImmutableSortedSet<string> EmptySet = ImmutableSortedSet.Create<string>(Utf8Order.Instance);
}
