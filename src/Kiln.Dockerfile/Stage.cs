// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile;

/// <summary>A `FROM` and the instructions up to the next one, which do not include it.</summary>
/// <param name="Index">Its place in the file, from 0.</param>
public sealed record Stage(FromInstruction From, int Index, IReadOnlyList<Instruction> Instructions);
