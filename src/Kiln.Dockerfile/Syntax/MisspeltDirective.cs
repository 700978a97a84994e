// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>A comment at the top of a Dockerfile of the shape `# name=value`, with a name that is nearly a directive's. It is a comment all the same.</summary>
/// <param name="Name">As it is written, in lower case.</param>
/// <param name="Meant">The directive.</param>
/// <param name="Span">The line.</param>
public sealed record MisspeltDirective(string Name, string Meant, SourceSpan Span);
