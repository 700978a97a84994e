// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Files;

/// <summary>An extended attribute, xattr(7): its full name (`security.capability`) and its bytes.</summary>
public sealed record ExtendedAttribute(string Name, byte[] Value);
