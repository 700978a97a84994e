// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>A name and its value, both of which are expanded later.</summary>
public sealed record NameValuePair(string Name, string Value);
