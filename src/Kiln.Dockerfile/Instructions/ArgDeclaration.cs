// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>A variable that the build can be given.</summary>
/// <param name="Name">Literal: neither quotes nor variables mean anything in it.</param>
/// <param name="Default">Null where there is none.</param>
public sealed record ArgDeclaration(string Name, string? Default);
