// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Results;

/// <summary>Where a program wrote to.</summary>
public enum OutputStream
{
    Out,
    Error,
}
