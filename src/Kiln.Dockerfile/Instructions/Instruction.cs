// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Instructions;

/// <summary>
/// One instruction. Values are as written: variables are not expanded, quotes and escapes still stand. The kinds are closed:
/// <see cref="IInstructionVisitor{T}"/> names them all.
/// </summary>
public abstract record Instruction
{
    private protected Instruction(InstructionOrigin origin) => Origin = origin;

    public InstructionOrigin Origin { get; init; }

    public SourceSpan Span => Origin.Span;

    public abstract T Accept<T>(IInstructionVisitor<T> visitor);
}
