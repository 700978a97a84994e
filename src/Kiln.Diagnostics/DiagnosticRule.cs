// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>
/// One kind of error: a code that never changes its meaning, a title, and what the user can do about it. All of them are
/// rows of <see cref="DiagnosticRules"/>. 1xxx is the Dockerfile, 2xxx the context, 3xxx registries and images, 4xxx the
/// sandbox, 5xxx the command line and the machine.
/// </summary>
public sealed record DiagnosticRule(string Code, string Title, string Cure)
{
    public Diagnostic At(SourceSpan? span, string message, string? hint = null) => new(this, message) { Span = span, Hint = hint };

    public BuildException Error(string message, SourceSpan? span = null, string? hint = null, Exception? inner = null) =>
        new(At(span, message, hint), inner);
}
