// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>A failure that is the user's or the world's, never a bug of ours. It is caught once, where it is printed.</summary>
public sealed class BuildException : Exception
{
    public BuildException(Diagnostic diagnostic, Exception? inner = null)
        : base(diagnostic.Message, inner) => Diagnostic = diagnostic;

    public Diagnostic Diagnostic { get; }

    /// <summary>What else is wrong in the same file, to be shown below.</summary>
    public IReadOnlyList<Diagnostic> Further { get; init; } = [];

    /// <summary>The status the program ends with: 1, except where a failing `RUN` hands on its own.</summary>
    public int ExitStatus { get; init; } = 1;
}
