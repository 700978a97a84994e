// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>A word of an instruction as it was understood, and where it stands: an argument, a flag's value or a heredoc's body.</summary>
public sealed record Word(string Text, SourceSpan Span);
