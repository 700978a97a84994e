// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Namespaces;

/// <summary>A line of an id map: `Count` ids from `Inside` on are those from `Outside` on in the parent namespace.</summary>
public readonly record struct IdRange(uint Inside, uint Outside, uint Count)
{
    public override string ToString() => $"{Inside} {Outside} {Count}";
}
