// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>A flag that an instruction knows.</summary>
internal sealed record FlagDefinition(string Name, FlagKind Kind = FlagKind.Text);
