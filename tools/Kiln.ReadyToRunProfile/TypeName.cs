// SPDX-License-Identifier: Apache-2.0
namespace Kiln.ReadyToRunProfile;

/// <summary>A type by name: in a namespace of an assembly, or in another type.</summary>
internal sealed record TypeName(string Assembly, string Namespace, string Name, TypeName? Outer);
