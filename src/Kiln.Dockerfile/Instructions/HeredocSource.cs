// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>A file whose content stands in the Dockerfile.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Expand">Whether variables in the content are expanded.</param>
public sealed record HeredocSource(string Name, string Content, bool Expand);
