// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>
/// The errors of one pass over a file. The first that was added decides what the build fails with; a bounded number of others is
/// shown below it, in the order of the file.
/// </summary>
public sealed class DiagnosticList
{
    private const int Most = 10;

    private readonly List<Diagnostic> _diagnostics = [];

    /// <summary>How many were added, also of those that are not kept.</summary>
    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    public void Add(Diagnostic diagnostic)
    {
        Count++;
        if (_diagnostics.Count < Most)
            _diagnostics.Add(diagnostic);
    }

    /// <summary>What the function returns; null where it threw, and then its error is in the list.</summary>
    public T? Try<T>(Func<T?> function)
        where T : class
    {
        try
        {
            return function();
        }
        catch (BuildException error)
        {
            Add(error.Diagnostic);
            return null;
        }
    }

    public void ThrowIfAny()
    {
        if (!IsEmpty)
            throw new BuildException(_diagnostics[0]) { Further = [.. _diagnostics.Skip(1).OrderBy(diagnostic => diagnostic.Span?.Start)] };
    }
}
