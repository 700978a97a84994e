// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>Shows what the program does, as it does it, and in the end what went wrong. Called from several threads; lines never mix. Disposed of, it leaves the terminal as it was.</summary>
internal interface IRenderer : IDisposable
{
    void Show(BuildEvent happened);

    /// <summary>The end of a program that failed: nothing happens after it.</summary>
    void Fail(IReadOnlyList<Diagnostic> diagnostics);
}
