// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>A flag of an instruction, as `--name` or `--name=value`, with quotes and escapes removed.</summary>
internal sealed record BuilderFlag(string Name, string? Value, SourceSpan Span);
