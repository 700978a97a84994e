// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Roots;

/// <summary>Where a `RUN`'s root file system comes from, and where its changes go.</summary>
public abstract record RunRoot
{
    private protected RunRoot()
    {
    }

    /// <summary>The directory of the builder's that the changes end up in.</summary>
    public abstract string ChangedDirectory { get; }
}
